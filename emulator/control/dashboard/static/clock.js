// The sandbox's clock, which runs between two messages unless it is frozen, and the buttons that move it.

import {get, post} from "./api.js";
import {button, el, field, form} from "./dom.js";
import {duration, moment} from "./format.js";

const STEPS = [["+1 min", 60], ["+10 min", 600], ["+1 h", 3600], ["+1 day", 86400]];
const LATEST = 253402300799; // the last second of the year 9999
let base = {now: 0, mode: "running", offset: 0, at: 0};

export function update(state) {
  base = {now: state.now, mode: state.mode, offset: state.offset, at: performance.now()};
  draw();
}

export function now() {
  return base.mode === "frozen" ? base.now : Math.min(LATEST, base.now + Math.floor((performance.now() - base.at) / 1000));
}

/** The time until a second of the sandbox's clock, kept up to date; `over` is the text from then on. */
export function countdown(until, before, over) {
  const node = el("span", {class: "countdown", data: {until, before, over}});
  write(node);
  return node;
}

function write(node) {
  const left = Number(node.dataset.until) - now();
  const text = left > 0 ? `${node.dataset.before} ${duration(left)}` : node.dataset.over;
  if (node.textContent !== text) node.textContent = text;
  node.classList.toggle("soon", left > 0 && left <= 30);
}

export function draw() {
  const [shown, mode] = [document.getElementById("now"), document.getElementById("mode")];
  if (!shown) return;
  shown.textContent = moment(now());
  const isFrozen = base.mode === "frozen";
  mode.textContent = base.mode;
  mode.className = `badge ${isFrozen ? "info" : "plain"}`;
  document.getElementById("offset").textContent = isFrozen ? "" : difference(base.offset);
  document.getElementById("freeze").ariaDisabled = isFrozen;
  document.getElementById("release").ariaDisabled = !isFrozen && !base.offset;
  for (const node of document.querySelectorAll("[data-until]")) write(node);
}

/** The difference from the machine's clock, in words. */
function difference(offset) {
  return offset ? `${duration(Math.abs(offset))} ${offset > 0 ? "ahead" : "behind"}` : "";
}

export function panel() {
  const move = async (action) => update(await post("/clock", action));
  const seconds = el("input", {name: "seconds", type: "number", step: "1", min: -LATEST, max: LATEST, value: "120", required: true, "aria-label": "Seconds to advance"});
  const advanceBySeconds = () => move({advance: Number(seconds.value)});
  const advance = form("inline", field("s", seconds), button("Advance", advanceBySeconds, {submit: true}));
  const freeze = button("Freeze", () => move({freeze: true}));
  const release = button("Release", () => move({release: true}));
  [freeze.id, release.id] = ["freeze", "release"];
  return [
    el("p", {class: "time"}, el("span", {class: "quiet"}, "Clock"), el("time", {id: "now"}), el("span", {id: "mode"}), el("span", {id: "offset", class: "quiet"})),
    el(
      "div",
      {class: "buttons", role: "group", "aria-label": "Move the clock"},
      STEPS.map(([label, step]) => button(label, () => move({advance: step}))),
      advance,
      freeze,
      release,
    ),
  ];
}

export async function load() {
  update(await get("/clock"));
}
