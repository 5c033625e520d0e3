// Lists of rows that open, redrawn while somebody reads, types or clicks in them.

import {el} from "./dom.js";
import {time} from "./format.js";

// A click requires the same target on press and release, so redrawing waits for the release.
let pressed = false;
const postponed = new Map();
const release = () => {
  pressed = false;
  for (const [list, items] of [...postponed]) postponed.delete(list) && list.show(items);
};
addEventListener("pointerdown", () => (pressed = true), true);
addEventListener("keydown", ({key}) => (pressed ||= key === " "), true);
for (const type of ["pointerup", "pointercancel", "keyup", "blur"]) addEventListener(type, () => setTimeout(release), true);

/** A list that redraws a row only if its item has changed, and keeps open and focused rows so. */
export class List {
  constructor(draw, keyOf) {
    this.node = el("div", {class: "list"});
    this.draw = draw;
    this.keyOf = keyOf;
    this.rows = new Map();
  }

  show(items) {
    if (pressed) return void postponed.set(this, items);
    const rows = new Map();
    for (const item of items) {
      const key = this.keyOf(item);
      const text = JSON.stringify(item);
      const old = this.rows.get(key);
      rows.set(key, old && old.text === text ? old : {text, node: this.replace(item, old)});
    }
    for (const [key, {node}] of this.rows) if (!rows.has(key)) node.remove();
    let place = this.node.firstChild;
    for (const {node} of rows.values()) {
      if (node === place) place = place.nextSibling;
      else this.node.insertBefore(node, place);
    }
    this.rows = rows;
  }

  replace(item, old) {
    const node = this.draw(item);
    if (!old) return node;
    const focused = old.node.contains(document.activeElement) ? document.activeElement : null;
    if (old.node.open) open(node);
    keepInputs(old.node, node);
    const scrolled = [...old.node.querySelectorAll("[tabindex]")].filter(({scrollTop, scrollLeft}) => scrollTop || scrollLeft);
    const places = scrolled.map((before) => [counterpart(before, node), before.scrollTop, before.scrollLeft]);
    old.node.replaceWith(node);
    for (const [after, top, left] of places) after?.scrollTo({top, left, behavior: "instant"});
    if (focused) (counterpart(focused, node) ?? node.querySelector("summary, button"))?.focus({preventScroll: true});
    return node;
  }
}

const nameOf = (node) => node.getAttribute("aria-label") ?? node.name ?? "";
const same = (one, other) => nameOf(one) === nameOf(other) && (nameOf(one) || one.localName === "summary" || one.textContent === other.textContent);

/** The control or scrollable part of a redrawn row that corresponds to one of the old row. */
function counterpart(before, after) {
  return [...after.querySelectorAll(before.localName)].find((node) => same(node, before));
}

function keepInputs(before, after) {
  const now = new Map([...after.querySelectorAll("input, select")].map((input) => [input.name, input]));
  for (const input of before.querySelectorAll("input, select")) {
    const kept = now.get(input.name);
    if (kept) kept.value = input.value;
  }
}

/** A row that opens. Its details are drawn when it is first opened. */
export function row(summary, inside, key) {
  const node = el("details", {class: "row", data: {key}}, el("summary", {}, el("div", {class: "cells"}, summary)));
  node.fill = () => {
    if (!node.filled) node.append(el("div", {class: "inside"}, inside()));
    node.filled = true;
  };
  node.addEventListener("toggle", () => node.open && node.fill());
  return node;
}

export function open(node) {
  node.fill?.();
  node.open = true;
}

export function cell(kind, ...children) {
  return el("span", {class: `cell ${kind}`}, ...children);
}

/** The time in a row; narrow screens omit the day. */
export function at(seconds) {
  const [day, clock = ""] = time(seconds).split(" ");
  return cell("at", el("span", {class: "day"}, `${day} `), clock);
}

/** Texts separated by dots, each isolated, since its direction may be right to left. */
export function parts(...texts) {
  return texts.filter(Boolean).flatMap((text, index) => [index ? " · " : null, el("bdi", {}, text)]);
}
