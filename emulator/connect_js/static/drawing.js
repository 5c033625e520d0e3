// Creates DOM nodes. No style attributes and no markup from text: a strict Content-Security-Policy allows neither.
function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (typeof value === "function") node.addEventListener(name, value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

const title = (name) =>
  name.replace(/[-_.]/g, " ").replace(/^./, (letter) => letter.toUpperCase()).replace(/\bstripe\b/g, "Stripe");
const kebab = (name) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

const button = (label, click, attributes = {}) =>
  h("button", {type: "button", class: "sce-button", ...attributes, click}, label);

const panel = (name, ...children) =>
  h(
    "section",
    {class: "sce", role: "region", "aria-label": `${name} (emulated)`, lang: "en", dir: "ltr"},
    h(
      "header",
      {class: "sce-head"},
      h("h2", {class: "sce-title", tabindex: -1}, title(name)), // receives the focus when the focused control is removed
      h("span", {class: "sce-badge"}, "emulated"),
    ),
    ...children,
  );

const loading = (name) =>
  panel(name, h("div", {class: "sce-wait", role: "status"}, h("span", {class: "sce-spin", "aria-hidden": "true"}), "Loading…"));

const failure = (name, error) =>
  panel(name, h("p", {class: "sce-alert", role: "alert"}, h("strong", {}, error.type), `: ${error.message}`));

// A click needs the same target from press to release, so redraws are postponed until the release.
let pressed = false;
const postponed = new Set();
const press = (event) => {
  if (event.type === "pointerdown" || event.key === " ") pressed = true;
};
const release = () => {
  pressed = false;
  for (const draw of [...postponed]) postponed.delete(draw) && draw();
};
for (const type of ["pointerdown", "keydown"]) window.addEventListener(type, press, true);
for (const type of ["pointerup", "pointercancel", "keyup", "blur"]) window.addEventListener(type, () => queueTask(release), true);
window.addEventListener("click", () => (pressed = false), true);

const unlessPressed = (draw) => (pressed ? void postponed.add(draw) : draw());
