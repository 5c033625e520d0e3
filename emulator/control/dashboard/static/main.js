// The page: tabs, one view at a time, and the stream that triggers refreshes.

import {follow, keys, useKey} from "./api.js";
import accounts from "./accounts.js";
import * as clock from "./clock.js";
import {el} from "./dom.js";
import events from "./events.js";
import faults from "./faults.js";
import {chooser, entry} from "./keys.js";
import {balances, payments, payouts, transfers} from "./money.js";
import requests from "./requests.js";
import sessions from "./sessions.js";
import {hide, isShown, pause, refresh, search, show, tick} from "./view.js";
import warnings from "./warnings.js";
import webhooks from "./webhooks.js";

const VIEWS = {requests, sessions, accounts, payments, transfers, payouts, balances, events, webhooks, faults, warnings};
const REFRESH_MS = 10_000; // for changes by time alone, such as the results of checks
const LIVE = {live: "live", lost: "reconnecting…", full: "updated every 10 s", off: "not connected"};
const byId = (id) => document.getElementById(id);

let stream = null;

function tabs() {
  const links = Object.entries(VIEWS).map(([name, {title}]) =>
    el("a", {href: `#${name}`, data: {tab: name}}, title, " ", el("span", {class: "count", data: {count: name}})),
  );
  byId("tabs").replaceChildren(...links);
}

/** The view and the filter in the URL. */
function address() {
  const [name, filter = ""] = location.hash.slice(1).split(/\/(.*)/s);
  return [Object.hasOwn(VIEWS, name) ? name : "requests", decoded(filter)];
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Opens the sandbox of a link `#key/sk_test_...`, such as those of pytest's report, and removes the key from the URL. */
function openLinked() {
  const [name, key] = location.hash.slice(1).split(/\/(.*)/s);
  if (name !== "key" || !key) return false;
  useKey(decoded(key));
  history.replaceState(null, "", "#requests");
  return true;
}

function go() {
  const [name, filter] = address();
  if (isShown(name)) return search(filter);
  show(name, VIEWS[name], filter, enter);
  for (const link of byId("tabs").children) {
    if (link.dataset.tab === name) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  byId("tabs").querySelector("[aria-current]")?.scrollIntoView({block: "nearest", inline: "nearest"});
  document.title = `${VIEWS[name].title} – Stripe emulator`;
}

function onMessage(state) {
  clock.update(state);
  for (const node of document.querySelectorAll("[data-count]")) {
    node.textContent = state.counts[node.dataset.count] ?? "";
  }
  refresh();
}

function live(state, error) {
  const node = byId("live");
  if (node.dataset.state !== state) node.textContent = LIVE[state];
  node.dataset.state = state;
  node.title = error ? `${error.message} ${error.hint ?? ""}` : "";
  if (error?.status === 401) enter(error);
}

function connect() {
  stream?.abort();
  stream = null;
  if (!keys().length || document.hidden || !isShown()) return;
  stream = new AbortController();
  follow(stream.signal, onMessage, live);
}

/** Shows the form for a key. */
function enter(error, typed) {
  hide();
  connect();
  live("off");
  reveal(false);
  byId("chooser").replaceChildren();
  byId("content").replaceChildren(entry(changed, error, typed));
  document.title = "Stripe emulator";
}

function changed(how, error, typed) {
  if (how === "ask" || error || !keys().length) enter(error, typed);
  else start();
}

function reveal(isOpen) {
  for (const id of ["clock", "tabs", "pause"]) byId(id).hidden = !isOpen;
}

function start() {
  hide();
  reveal(true);
  byId("chooser").replaceChildren(...chooser(changed));
  byId("clock").replaceChildren(...clock.panel());
  clock.load().catch(() => {});
  go();
  connect();
}

/** Pauses the lists; the clock and the counts go on. */
function toggle() {
  const isPaused = byId("pause").ariaPressed !== "true";
  byId("pause").ariaPressed = isPaused;
  pause(isPaused);
}

tabs();
setInterval(() => {
  clock.draw();
  tick();
}, 1000);
setInterval(() => !document.hidden && refresh(), REFRESH_MS);
byId("pause").addEventListener("click", toggle);
document.addEventListener("acted", () => refresh(true));
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  byId("content").focus();
});
addEventListener("hashchange", () => (openLinked() ? start() : isShown() && go()));
document.addEventListener("visibilitychange", connect);
openLinked();
if (keys().length) start();
else enter();
