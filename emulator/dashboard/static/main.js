// The page: tabs, one view at a time, and the stream that says when to look again.

import {follow, keys} from "./api.js";
import accounts from "./accounts.js";
import * as clock from "./clock.js";
import {el, empty} from "./dom.js";
import events from "./events.js";
import faults from "./faults.js";
import {chooser, entry} from "./keys.js";
import requests from "./requests.js";
import sessions from "./sessions.js";
import warnings from "./warnings.js";
import webhooks from "./webhooks.js";

const VIEWS = {requests, sessions, accounts, events, webhooks, faults, warnings};
const PAUSE_MS = 250; // between two looks, however much happens
const EVERY_MS = 10_000; // what comes with time alone, such as the results of checks
const byId = (id) => document.getElementById(id);

let shown = null; // {name, view, list, filter, node, items}
let stream = null;
let loading = null;
let again = false;
let round = 0;

function viewName() {
  const name = location.hash.slice(1);
  return Object.hasOwn(VIEWS, name) ? name : "requests";
}

function tabs() {
  const links = Object.entries(VIEWS).map(([name, {title}]) =>
    el("a", {href: `#${name}`, data: {tab: name}}, title, el("span", {class: "count", data: {count: name}})),
  );
  byId("tabs").replaceChildren(...links);
}

function show(name) {
  const view = VIEWS[name];
  const list = view.list();
  const filter = el("input", {type: "search", name: "filter", placeholder: "Filter", "aria-label": `Filter ${view.title.toLowerCase()}`, oninput: paint});
  const rest = el("div", {class: "rest"});
  const problem = el("div", {role: "alert"});
  const top = el("div", {class: "top"}, el("h2", {}, view.title), filter);
  byId("content").replaceChildren(top, ...(view.tools ? [view.tools()] : []), problem, list.node, rest);
  shown = {name, view, list, filter, rest, problem, items: null};
  for (const link of byId("tabs").children) {
    if (link.dataset.tab === name) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  byId("tabs").querySelector("[aria-current]")?.scrollIntoView({block: "nearest", inline: "nearest"});
  document.title = `${view.title} – Stripe emulator`;
  look();
}

function paint() {
  const {items, filter, list, rest, view} = shown;
  if (items === null) return;
  const wanted = filter.value.trim().toLowerCase();
  const found = wanted ? items.filter((item) => JSON.stringify(item).toLowerCase().includes(wanted)) : items;
  list.show(found);
  const text = items.length ? "none" : "empty";
  if (found.length) rest.replaceChildren();
  else if (rest.dataset.says !== text || !rest.firstChild) {
    rest.replaceChildren(items.length ? empty("Nothing fits", "Another word in the filter may.") : view.empty());
  }
  rest.dataset.says = text;
  filter.hidden = items.length === 0;
}

/** Loads the view once more; while it loads, further calls come to one more. */
async function look() {
  again = true;
  if (loading) return;
  loading = true;
  while (again && shown) {
    again = false;
    await load(shown, round);
    await new Promise((resume) => setTimeout(resume, PAUSE_MS));
  }
  loading = null;
}

async function load(at, turn) {
  try {
    const items = await at.view.load();
    if (at !== shown || turn !== round) return;
    at.items = items;
    at.problem.replaceChildren();
    paint();
  } catch (error) {
    if (at !== shown || turn !== round) return;
    if (error.status === 401) enter(error);
    else at.problem.replaceChildren(el("p", {class: "problem"}, `${error.message} ${error.hint}`));
  }
}

function heard(state) {
  clock.hear(state);
  for (const node of document.querySelectorAll("[data-count]")) {
    node.textContent = state.counts[node.dataset.count] || "";
  }
  look();
}

function live(state, error) {
  const words = {live: "live", lost: "reconnecting…", off: "not connected"};
  const node = byId("live");
  if (node.dataset.state !== state) node.textContent = words[state];
  node.dataset.state = state;
  if (error?.status === 401) enter(error);
}

function connect() {
  stream?.abort();
  stream = null;
  if (!keys().length || document.hidden || !shown) return;
  stream = new AbortController();
  follow(stream.signal, heard, live);
}

/** Asks for a key. */
function enter(error, typed) {
  round += 1;
  stream?.abort();
  stream = null;
  shown = null;
  live("off");
  for (const id of ["clock", "tabs"]) byId(id).hidden = true;
  byId("chooser").replaceChildren();
  byId("content").replaceChildren(entry(changed, error, typed));
  document.title = "Stripe emulator";
}

function changed(how, error, typed) {
  if (how === "ask" || error || !keys().length) enter(error, typed);
  else start();
}

function start() {
  round += 1;
  for (const id of ["clock", "tabs"]) byId(id).hidden = false;
  byId("chooser").replaceChildren(...chooser(changed));
  byId("clock").replaceChildren(...clock.panel());
  clock.look().catch(() => {});
  show(viewName());
  connect();
}

function tick() {
  clock.draw();
  if (shown?.items && shown.view.stale?.(shown.items)) look();
}

tabs();
setInterval(tick, 1000);
setInterval(() => shown && !document.hidden && look(), EVERY_MS);
addEventListener("hashchange", () => keys().length && shown && location.hash !== "#content" && show(viewName()));
document.addEventListener("visibilitychange", connect);
if (keys().length) start();
else enter();
