// The content of components. BODIES draws those with content of their own; all others show their features and callbacks.
// Tests rely on the texts, the roles and the data attributes.

const BODIES = {
  "account-onboarding": (component, {steps, requirements, submitted}) => {
    if (!requirements.length && (submitted || component.finished)) return finished(component);
    component.step = Math.min(component.step ?? 0, steps.length - 1);
    const step = steps[component.step];
    const last = component.step === steps.length - 1;
    const bar = steps.map((_, index) => h("li", {"data-done": index <= component.step}));
    return [
      h("ol", {class: "sce-steps", "aria-hidden": "true"}, bar),
      h("p", {}, `Step ${component.step + 1} of ${steps.length}: `, h("strong", {"data-step": step}, title(step))),
      folded(component, requirements),
      h(
        "div",
        {class: "sce-row"},
        button("Complete onboarding", () => component.complete(), {"data-primary": true, "data-action": "complete"}),
        button("Next step", () => component.go(component.step + 1), {"data-action": "next", disabled: last}),
        button("Exit without finishing", () => component.fire("setOnExit"), {"data-action": "exit"}),
      ),
    ];
  },
  "account-management": (component, data, view) => [
    h("p", {class: "sce-muted"}, [view.account, data.email].filter(Boolean).join(" · ")),
    sections(component, data),
  ],
  "notification-banner": (component, data) => [
    h(
      "p",
      {"data-total": data.total, "data-action-required": data.actionRequired},
      summary(data),
    ),
    h("ul", {class: "sce-list"}, data.requirements.map((name) => notification(component, data, name))),
  ],
  balances: (component, data) => [items(component, data), sections(component, data)],
  payouts: (component, data) => [items(component, data), sections(component, data)],
  documents: (component, {documents}) => [
    h("p", {class: "sce-muted"}, documents.length ? "Test data: the emulator has no real documents." : "No documents yet."),
    h(
      "ul",
      {class: "sce-list"},
      documents.map(({id, name}) =>
        h(
          "li",
          {"data-document": id},
          h("span", {class: "sce-grow"}, name),
          button("Download", () => component.download(id, name), {"aria-label": `Download ${name}`}),
        ),
      ),
    ),
  ],
};

/** The number of notifications that need action now, and of those that need it later. */
function summary({total, actionRequired: now}) {
  if (!total) return "No notifications.";
  const later = total - now;
  const rest = later ? `, ${later}${now ? " more" : ""} later` : "";
  return now ? `${now} ${now === 1 ? "needs" : "need"} action now${rest}.` : `Nothing needs action now${rest}.`;
}

const nothing = () => h("p", {class: "sce-muted"}, "Nothing is required.");

/** A finished onboarding has only an exit. */
const finished = (component) => [
  nothing(),
  h("div", {class: "sce-row"}, button("Exit", () => component.fire("setOnExit"), {"data-action": "exit"})),
];

function folded(component, names) {
  if (!names.length) return nothing();
  const items = names.map((name) => h("li", {"data-requirement": name}, h("code", {}, name)));
  const toggle = ({target}) => (component.unfolded = target.open);
  const attributes = {open: component.unfolded, toggle};
  return h("details", attributes, h("summary", {}, `${names.length} required`), h("ul", {class: "sce-list"}, items));
}

/** The objects of the account, each with the actions that are allowed now. */
function items(component, data) {
  const kind = title(component.name.replace(/-list$/, "")).toLowerCase();
  if (!data.items.length) return h("p", {class: "sce-muted"}, `No ${kind} yet.`);
  return h("ul", {class: "sce-items"}, data.items.map((item) => money(component, item)));
}

const money = (component, item) =>
  h(
    "li",
    {"data-item": item.id, "data-status": item.status},
    h("strong", {class: "sce-amount"}, item.amount),
    h("span", {class: "sce-state"}, title(item.status)),
    h("span", {class: "sce-grow sce-muted"}, [...item.about, item.id].join(" · ")),
    item.actions.map((action) => moneyForm(component, item, action)),
  );

/** One action of an item, with the amount or the text that it takes. */
function moneyForm(component, item, {name, label, amount, text}) {
  const control = `${item.id} ${name}`;
  const input = (attributes) => h("input", {class: "sce-input", "data-control": `${control} input`, ...attributes});
  const field =
    amount !== null
      ? input({name: "amount", inputmode: "decimal", value: amount, "aria-label": `Amount to ${label.toLowerCase()} of ${item.id}`})
      : text && input({name: "text", "aria-label": `Evidence for ${item.id}`, placeholder: "winning_evidence"});
  const submit = (event) => {
    event.preventDefault();
    component.actOnItem(item, name, field ? {[field.name]: field.value} : {});
  };
  const press = h("button", {class: "sce-button", "data-action": name, "data-control": control, "aria-label": `${label}: ${item.id}`}, label);
  return h("form", {class: "sce-inline", submit}, field || null, press);
}

/** A placeholder for content that the emulator does not have. */
function place(name) {
  const content = (name.endsWith("s") ? "" : "the ") + title(name).toLowerCase();
  return h("p", {class: "sce-place"}, `Stripe shows ${content} here. The emulator does not show ${name.endsWith("s") ? "them" : "it"}.`);
}

/** Components whose content fires their callbacks. */
const FIRES_CALLBACKS = new Set(["account-onboarding", "account-management", "notification-banner"]);

function callbacks(component, view) {
  if (FIRES_CALLBACKS.has(component.name)) return [];
  return component.config.callbacks
    .filter(({feature}) => !feature || view.features[feature])
    .map(({setter, label, args}) => button(label, () => component.fire(setter, ...args), {"data-callback": propName(setter)}));
}

function actions(component, view) {
  const buttons = view.actions.map(({name, label}) => button(label, () => component.act(name), {"data-action": name}));
  if (component.values.has("setFetchEphemeralKey")) {
    buttons.push(button("Show card details", () => component.showCardDetails(), {"data-action": "ephemeral_key"}));
  }
  return buttons;
}

function features(view) {
  const names = Object.keys(view.features);
  if (!names.length) return null;
  const chip = (name, on) =>
    h("li", {"data-feature": name, "data-on": String(on)}, title(name), !on && [" ", h("span", {class: "sce-unseen"}, "(off)")]);
  const chips = names.map((name) => chip(name, view.features[name]));
  return h("ul", {class: "sce-chips", "aria-label": "Features"}, chips);
}

/** The message of the last action. */
const note = (message) =>
  message && h("p", {class: message.bad ? "sce-alert" : "sce-muted", role: message.bad ? "alert" : "status"}, message.text);

/** A banner without notifications, which takes no room, as Stripe's, unless the keyboard enters it. */
const isEmpty = ({name, view}) => name === "notification-banner" && !view.data.total;

function enclosed(unseen, ...content) {
  const shown = panel(...content);
  shown.classList.toggle("sce-empty", unseen);
  return shown;
}

function ready(component) {
  const view = component.view;
  const body = BODIES[component.name];
  const more = [...actions(component, view), ...callbacks(component, view)];
  const hint = component.config.key ? null : "No account session enables this component by name, so it always shows.";
  return enclosed(
    isEmpty(component) && !component.message,
    component.name,
    body ? body(component, view.data, view) : view.data.items ? items(component, view.data) : place(component.name),
    h(
      "div",
      {class: "sce-more"},
      hint ? h("p", {class: "sce-muted"}, hint) : null,
      features(view),
      more.length ? h("div", {class: "sce-row"}, more) : null,
    ),
    note(component.message),
  );
}
