// Lists of rows that open, drawn again while somebody reads, types or clicks in them.

import {el} from "./dom.js";
import {time} from "./format.js";

// A click is one only if its target stays from the press to the release, so what is drawn anew waits for the release.
let pressed = false;
const postponed = new Map();
const release = () => {
  pressed = false;
  for (const [list, items] of [...postponed]) postponed.delete(list) && list.show(items);
};
addEventListener("pointerdown", () => (pressed = true), true);
addEventListener("keydown", ({key}) => (pressed ||= key === " "), true);
for (const type of ["pointerup", "pointercancel", "keyup", "blur"]) addEventListener(type, () => setTimeout(release), true);

/** A list whose rows are drawn again only when their item has changed, so that what is open or focused stays so. */
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
    const places = scrolled.map((before) => [twin(before, node), before.scrollTop, before.scrollLeft]);
    old.node.replaceWith(node);
    for (const [after, top, left] of places) after?.scrollTo({top, left, behavior: "instant"});
    if (focused) (twin(focused, node) ?? node.querySelector("summary, button"))?.focus({preventScroll: true});
    return node;
  }
}

const nameOf = (node) => node.getAttribute("aria-label") ?? node.name ?? "";
const same = (one, other) => nameOf(one) === nameOf(other) && (nameOf(one) || one.localName === "summary" || one.textContent === other.textContent);

/** What stands in a row drawn anew for a control or a scrollable part of the old one: never another control. */
function twin(before, after) {
  return [...after.querySelectorAll(before.localName)].find((node) => same(node, before));
}

function keepInputs(before, after) {
  const now = new Map([...after.querySelectorAll("input, select")].map((input) => [input.name, input]));
  for (const input of before.querySelectorAll("input, select")) {
    const kept = now.get(input.name);
    if (kept) kept.value = input.value;
  }
}

/** A row that opens. What is inside is drawn when it is first opened. */
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

/** When it was, in a row; a narrow one leaves the day out. */
export function at(seconds) {
  const [day, clock = ""] = time(seconds).split(" ");
  return cell("at", el("span", {class: "day"}, `${day} `), clock);
}

/** What may be written in any direction, with dots between, none of it turning what comes after. */
export function parts(...texts) {
  return texts.filter(Boolean).flatMap((text, index) => [index ? " · " : null, el("bdi", {}, text)]);
}
