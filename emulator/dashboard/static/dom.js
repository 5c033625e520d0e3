// Elements from plain data. Text is only ever text: nothing here parses HTML.

export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "data") Object.assign(node.dataset, value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

export function badge(text, tone = "plain") {
  return el("span", {class: `badge ${tone}`}, text);
}

/** A button that runs an action, cannot be pressed twice at once, and asks again first when `sure` is given. */
export function button(label, action, {sure, kind = "", submit = false} = {}) {
  let asked = false;
  const calm = () => {
    asked = false;
    node.textContent = label;
    node.classList.remove("sure");
  };
  const node = el("button", {type: submit ? "submit" : "button", class: kind, onclick: press, onblur: () => asked && calm()}, label);
  async function press() {
    if (sure && !asked) {
      asked = true;
      node.textContent = sure;
      node.classList.add("sure");
      return;
    }
    if (asked) calm();
    if (node.getAttribute("aria-busy") === "true") return;
    node.setAttribute("aria-busy", "true");
    try {
      await action();
    } catch (error) {
      notice(error.hint ? `${error.message} ${error.hint}` : error.message, "bad");
    } finally {
      node.removeAttribute("aria-busy");
    }
  }
  return node;
}

/** A form whose submit button does the work: Enter in a field is a click on it. */
export function form(kind, ...children) {
  return el("form", {class: kind, onsubmit: (event) => event.preventDefault()}, children);
}

export function facts(pairs) {
  const shown = pairs.filter(([, value]) => value !== null && value !== undefined && value !== "");
  return el("dl", {class: "facts"}, shown.map(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]));
}

export function block(title, text) {
  const label = `${title}, scrollable`;
  return el("section", {class: "block"}, el("h3", {}, title), el("pre", {tabindex: "0", "aria-label": label}, text));
}

export function field(label, control) {
  return el("label", {class: "field"}, el("span", {}, label), control);
}

export function select(name, values) {
  return el("select", {name}, values.map(([value, text]) => el("option", {value}, text)));
}

export function notice(text, tone = "good") {
  const close = el("button", {type: "button", "aria-label": "Dismiss", onclick: () => node.remove()}, "×");
  const node = el("div", {class: `notice ${tone}`}, el("p", {}, text), close);
  const notices = document.getElementById("notices");
  notices.append(node);
  while (notices.children.length > 3) notices.firstChild.remove();
  setTimeout(() => node.remove(), tone === "bad" ? 12000 : 5000);
}

export function empty(title, text, ...more) {
  return el("div", {class: "empty"}, el("h2", {}, title), el("p", {}, text), ...more);
}

export function command(text) {
  return el("pre", {class: "command", tabindex: "0", "aria-label": "A command to try"}, text);
}

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
    const focused = old.node.contains(document.activeElement);
    const place = focused ? focusables(old.node).indexOf(document.activeElement) : -1;
    if (old.node.open) open(node);
    keepInputs(old.node, node);
    old.node.replaceWith(node);
    if (place >= 0) (focusables(node)[place] ?? focusables(node)[0])?.focus({preventScroll: true});
    return node;
  }
}

function focusables(node) {
  return [...node.querySelectorAll("summary, button, input, select, pre, a")];
}

function keepInputs(before, after) {
  const now = new Map([...after.querySelectorAll("input, select")].map((input) => [input.name, input]));
  for (const input of before.querySelectorAll("input, select")) {
    const same = now.get(input.name);
    if (same) same.value = input.value;
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

function open(node) {
  node.fill?.();
  node.open = true;
}

export function cell(kind, ...children) {
  return el("span", {class: `cell ${kind}`}, ...children);
}
