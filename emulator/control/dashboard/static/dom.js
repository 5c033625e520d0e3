// Elements from plain data. Text is only ever text: nothing here parses HTML.

import {keys} from "./api.js";

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

/** Runs an action, and says so when it fails. What it has done is looked at at once by the page, which hears `acted`. */
export async function attempt(action) {
  try {
    await action();
    document.dispatchEvent(new Event("acted"));
  } catch (error) {
    notice(error.hint ? `${error.message} ${error.hint}` : error.message, "bad");
  }
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
    if (node.ariaBusy === "true" || node.ariaDisabled === "true") return;
    if (submit && !node.form.reportValidity()) return;
    node.ariaBusy = "true";
    await attempt(action);
    node.ariaBusy = null;
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

/** What a button has come to, in the place of what the last one did. What went wrong stays until it was read. */
export function notice(text, tone = "good") {
  const close = el("button", {type: "button", "aria-label": "Dismiss", onclick: () => node.remove()}, "×");
  const node = el("div", {class: `notice ${tone}`}, el("p", {}, text), close);
  document.getElementById("notices").replaceChildren(node);
  if (tone !== "bad") setTimeout(() => node.remove(), 5000);
}

export function empty(title, text, ...more) {
  return el("div", {class: "empty"}, el("h2", {}, title), el("p", {}, text), ...more);
}

/** A command to try, made of a key. The key is copied with it, but not shown. */
export function command(make, title = "A command to try") {
  const text = make("YOUR_SECRET_KEY");
  return el(
    "section",
    {class: "block"},
    el("div", {class: "inline"}, el("h3", {}, title), copying(() => make(keys()[0]), title)),
    el("pre", {class: "command", tabindex: "0", "aria-label": `${title}, scrollable`}, text),
  );
}

function copying(make, name) {
  const node = button("Copy", async () => {
    if (!navigator.clipboard) throw new Error("This browser copies only on pages of https or of this machine.");
    await navigator.clipboard.writeText(make());
    notice("Copied.");
  }, {kind: "small"});
  node.ariaLabel = `Copy: ${name}`;
  return node;
}

/** A text that can be copied whole, however it is shown. */
export function copied(text, shown = text) {
  return el("span", {class: "copied"}, el("span", {class: "mono"}, shown), " ", copying(() => text, shown));
}

/** A way to a view, where only what holds the text is shown. */
export function link(view, text, shown = text) {
  return el("a", {href: `#${view}/${encodeURIComponent(text)}`}, shown);
}
