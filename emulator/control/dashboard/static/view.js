// One view at a time: its list, its filter, and its refreshes.

import {button, el, empty} from "./dom.js";
import {open} from "./list.js";

const PAUSE_MS = 250; // between two refreshes
const FEW = 200; // rows at first
const MOST = 1000; // rows on demand, and rows that a filter searches
const number = (count) => count.toLocaleString("en");

let shown = null; // {view, list, filter, more, rest, problem, limit, items, total, wasLinked}
let loading = false;
let refreshAgain = false;
let generation = 0; // of what is shown: an older response is ignored
let paused = false;

/** Shows a view in place of the current one. `query` is the filter of a link; `refused` is called with an error 401. */
export function show(name, view, query, refused) {
  generation += 1;
  const list = view.list();
  const filter = el("input", {type: "search", name: "filter", placeholder: view.hint ? `Filter: ${view.hint}` : "Filter", "aria-label": `Filter ${view.title.toLowerCase()}`, oninput: typed});
  const [more, rest, problem] = [el("div", {class: "more"}), el("div", {class: "rest"}), el("div", {role: "alert"})];
  const top = el("div", {class: "top"}, el("h2", {}, view.title), filter);
  filter.value = query;
  document.getElementById("content").replaceChildren(...[top, view.tools?.(), problem, list.node, more, rest].filter(Boolean));
  shown = {name, view, list, filter, more, rest, problem, refused, limit: FEW, items: null, total: 0, wasLinked: Boolean(query)};
  refresh(true);
}

export function hide() {
  generation += 1;
  shown = null;
}

export function isShown(name) {
  return name ? shown?.name === name : Boolean(shown);
}

/** Changes the filter of the current view. */
export function search(query) {
  if (shown.filter.value === query) return;
  shown.filter.value = query;
  shown.wasLinked = Boolean(query);
  refresh(true);
}

export function pause(isPaused) {
  paused = isPaused;
  if (!paused) return void refresh();
  refreshAgain = false;
  if (shown?.items) generation += 1; // ignores the response to a running refresh
}

function typed() {
  const query = shown.filter.value.trim();
  history.replaceState(null, "", `#${shown.name}${query ? `/${encodeURIComponent(query)}` : ""}`);
  paint();
  if (shown.items && shown.total > shown.items.length) refresh(true);
}

/** Whether an item contains each of the words; `status:4` is a field whose value begins with 4. */
function matches(item, words) {
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
  const found = words.length ? items.filter((item) => matches(item, words)) : items.filter(view.isShown ?? (() => true));
  const drawn = found.slice(0, limit());
  list.show(drawn);
  if (shown.wasLinked && drawn.length) openOnly(drawn.length);
  const text = words.length && items.length ? "none" : "empty";
  if (found.length) rest.replaceChildren();
  else if (rest.dataset.text !== text || !rest.firstChild) {
    rest.replaceChildren(text === "none" ? empty("No matches", "Change the filter to see other rows.") : view.empty());
  }
  rest.dataset.text = text;
  filter.hidden = items.length === 0;
  remark(words.length ? `The filter searches the newest ${number(items.length)} of ${number(total)}.` : `Shown are the newest ${number(drawn.length)} of ${number(total)}.`, items.length < total || drawn.length < found.length);
}

/** Opens the row of a link that matches only one. */
function openOnly(count) {
  shown.wasLinked = false;
  const [first] = shown.list.node.children;
  if (count === 1 && first.localName === "details") open(first);
}

/** A note about rows that are not shown, with a button for more. */
function remark(text, isCut) {
  const {more} = shown;
  if (!isCut) return more.replaceChildren();
  const next = button("Show more", () => void (shown.limit = MOST), {kind: "small"});
  const note = el("p", {class: "quiet"}, text);
  if (more.textContent !== `${text}${limit() < MOST ? "Show more" : ""}`) more.replaceChildren(note, limit() < MOST ? next : "");
}

/** Loads the view again; calls while it loads are combined into one. `force` ignores the pause. */
export async function refresh(force = false) {
  if (paused && !force) return;
  refreshAgain = true;
  if (loading) return;
  loading = true;
  while (refreshAgain && shown) {
    refreshAgain = false;
    await load(shown, generation);
    await new Promise((resume) => setTimeout(resume, PAUSE_MS));
  }
  loading = false;
}

async function load(at, started) {
  try {
    const {items, total} = await at.view.load(limit());
    if (at !== shown || started !== generation) return;
    Object.assign(at, {items, total});
    at.problem.replaceChildren();
    paint();
  } catch (error) {
    if (at !== shown || started !== generation) return;
    if (error.status === 401) at.refused(error);
    else at.problem.replaceChildren(el("p", {class: "problem"}, `${error.message} ${error.hint}`));
  }
}

/** Refreshes rows that have become outdated by the clock alone. */
export function tick() {
  if (shown?.items && shown.view.stale?.(shown.items)) refresh();
}
