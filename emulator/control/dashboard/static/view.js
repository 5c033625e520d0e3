// One view at a time: its list, what is searched for in it, and when it is loaded again.

import {button, el, empty} from "./dom.js";
import {open} from "./list.js";

const PAUSE_MS = 250; // between two looks, however much happens
const FEW = 200; // rows at first, and
const MOST = 1000; // rows on demand, and those that a filter looks through
const number = (count) => count.toLocaleString("en");

let shown = null; // {view, list, filter, more, rest, problem, limit, items, total, wasLinked}
let loading = false;
let again = false;
let round = 0;
let paused = false;

/** Shows a view in the place of what is there. `words` are what is searched for, by a link. `refused` gets a 401. */
export function show(name, view, words, refused) {
  round += 1;
  const list = view.list();
  const filter = el("input", {type: "search", name: "filter", placeholder: view.hint ? `Filter: ${view.hint}` : "Filter", "aria-label": `Filter ${view.title.toLowerCase()}`, oninput: typed});
  const [more, rest, problem] = [el("div", {class: "more"}), el("div", {class: "rest"}), el("div", {role: "alert"})];
  const top = el("div", {class: "top"}, el("h2", {}, view.title), filter);
  filter.value = words;
  document.getElementById("content").replaceChildren(...[top, view.tools?.(), problem, list.node, more, rest].filter(Boolean));
  shown = {name, view, list, filter, more, rest, problem, refused, limit: FEW, items: null, total: 0, wasLinked: Boolean(words)};
  look(true);
}

export function hide() {
  round += 1;
  shown = null;
}

export function isShown(name) {
  return name ? shown?.name === name : Boolean(shown);
}

/** Searches for other words in the view that is shown. */
export function search(words) {
  if (shown.filter.value === words) return;
  shown.filter.value = words;
  shown.wasLinked = Boolean(words);
  look(true);
}

export function pause(isPaused) {
  paused = isPaused;
  if (!paused) return void look();
  again = false;
  if (shown?.items) round += 1; // what is on its way is not shown any more
}

function typed() {
  const words = shown.filter.value.trim();
  history.replaceState(null, "", `#${shown.name}${words ? `/${encodeURIComponent(words)}` : ""}`);
  paint();
  if (shown.items && shown.total > shown.items.length) look(true);
}

/** Whether an item holds each of the words; `status:4` is a field whose value begins so. */
function fits(item, words) {
  const text = JSON.stringify(item).toLowerCase();
  return words.every((word) => {
    const plain = JSON.stringify(word).slice(1, -1);
    const [name, value] = plain.split(/:(.*)/s);
    return text.includes(plain) || (value && (text.includes(`"${name}":"${value}`) || text.includes(`"${name}":${value}`)));
  });
}

function limit() {
  return shown.filter.value.trim() ? MOST : shown.limit;
}

function paint() {
  const {items, total, filter, list, rest, view} = shown;
  if (items === null) return;
  const words = filter.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const found = words.length ? items.filter((item) => fits(item, words)) : items;
  const drawn = found.slice(0, limit());
  list.show(drawn);
  if (shown.wasLinked && drawn.length) openOnly(drawn.length);
  const text = items.length ? "none" : "empty";
  if (found.length) rest.replaceChildren();
  else if (rest.dataset.says !== text || !rest.firstChild) {
    rest.replaceChildren(items.length ? empty("Nothing fits", "Another word in the filter may.") : view.empty());
  }
  rest.dataset.says = text;
  filter.hidden = items.length === 0;
  remark(words.length ? `The filter looked through the newest ${number(items.length)} of ${number(total)}.` : `These are the newest ${number(drawn.length)} of ${number(total)}.`, items.length < total || drawn.length < found.length);
}

/** A link that leads to one row opens it. */
function openOnly(count) {
  shown.wasLinked = false;
  const [first] = shown.list.node.children;
  if (count === 1 && first.localName === "details") open(first);
}

/** What is not there, and a way to see more of it. */
function remark(text, isCut) {
  const {more} = shown;
  if (!isCut) return more.replaceChildren();
  const next = button("Show more", () => void (shown.limit = MOST), {kind: "small"});
  const said = el("p", {class: "quiet"}, text);
  if (more.textContent !== `${text}${limit() < MOST ? "Show more" : ""}`) more.replaceChildren(said, limit() < MOST ? next : "");
}

/** Loads the view once more; while it loads, further calls come to one more. `surely` also when it is paused. */
export async function look(surely = false) {
  if (paused && !surely) return;
  again = true;
  if (loading) return;
  loading = true;
  while (again && shown) {
    again = false;
    await load(shown, round);
    await new Promise((resume) => setTimeout(resume, PAUSE_MS));
  }
  loading = false;
}

async function load(at, turn) {
  try {
    const {items, total} = await at.view.load(limit());
    if (at !== shown || turn !== round) return;
    Object.assign(at, {items, total});
    at.problem.replaceChildren();
    paint();
  } catch (error) {
    if (at !== shown || turn !== round) return;
    if (error.status === 401) at.refused(error);
    else at.problem.replaceChildren(el("p", {class: "problem"}, `${error.message} ${error.hint}`));
  }
}

/** Looks again when what is shown has become old by the clock alone. */
export function tick() {
  if (shown?.items && shown.view.stale?.(shown.items)) look();
}
