// DOM elements from plain data. Text is never parsed as HTML.

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

/** Runs an action and shows a notice if it fails. Its success dispatches `acted`, upon which the page refreshes. */
export async function attempt(action) {
  try {
    await action();
    document.dispatchEvent(new Event("acted"));
  } catch (error) {
    notice(error.hint ? `${error.message} ${error.hint}` : error.message, "bad");
  }
}

/** A button that runs an action, ignores clicks while it runs, and requires a second click if `confirm` is given. */
export function button(label, action, {confirm, kind = "", submit = false} = {}) {
  let confirming = false;
  const restore = () => {
    confirming = false;
    node.textContent = label;
    node.classList.remove("confirming");
  };
  const node = el("button", {type: submit ? "submit" : "button", class: kind, onclick: press, onblur: () => confirming && restore()}, label);
  async function press() {
    if (confirm && !confirming) {
      confirming = true;
      node.textContent = confirm;
      node.classList.add("confirming");
      return;
    }
    if (confirming) restore();
    if (node.ariaBusy === "true" || node.ariaDisabled === "true") return;
    if (submit && !node.form.reportValidity()) return;
    node.ariaBusy = "true";
    await attempt(action);
    node.ariaBusy = null;
  }
  return node;
}

/** A form whose submit button runs the action: Enter in a field clicks it. */
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

/** Shows the result of an action in place of the last one. An error stays until it is dismissed. */
export function notice(text, tone = "good") {
  const close = el("button", {type: "button", "aria-label": "Dismiss", onclick: () => node.remove()}, "×");
  const node = el("div", {class: `notice ${tone}`}, el("p", {}, text), close);
  document.getElementById("notices").replaceChildren(node);
  if (tone !== "bad") setTimeout(() => node.remove(), 5000);
}

export function empty(title, text, ...more) {
  return el("div", {class: "empty"}, el("h2", {}, title), el("p", {}, text), ...more);
}

/** A shell command made from a key. The key is copied with it, but not shown. */
export function command(make, title = "Command") {
  const text = make("YOUR_SECRET_KEY");
  return el(
    "section",
    {class: "block"},
    el("div", {class: "inline"}, el("h3", {}, title), copyButton(() => make(keys()[0]), title)),
    el("pre", {class: "command", tabindex: "0", "aria-label": `${title}, scrollable`}, text),
  );
}

function copyButton(make, name) {
  const node = button("Copy", async () => {
    if (!navigator.clipboard) throw new Error("This browser copies only on https pages and on pages of this machine.");
    await navigator.clipboard.writeText(make());
    notice("Copied.");
  }, {kind: "small"});
  node.ariaLabel = `Copy: ${name}`;
  return node;
}

/** A text with a button that copies it whole, however it is shown. */
export function copied(text, shown = text) {
  return el("span", {class: "copied"}, el("span", {class: "mono"}, shown), " ", copyButton(() => text, shown));
}

/** A link to a view that is filtered by a text. */
export function link(view, text, shown = text) {
  return el("a", {href: `#${view}/${encodeURIComponent(text)}`}, shown);
}
