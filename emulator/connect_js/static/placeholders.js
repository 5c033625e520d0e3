// What the components show. Each of BODIES draws one kind; every other one is a box with its features and callbacks.
// The texts, the roles and the data attributes are part of what tests rely on.

const BODIES = {
  "account-onboarding": (component, {steps, requirements, submitted}) => {
    if (!requirements.length && (submitted || component.finished)) return finished(component);
    component.step = Math.min(component.step ?? 0, steps.length - 1);
    const step = steps[component.step];
    const last = component.step === steps.length - 1;
    const bar = steps.map((_, index) => h("li", {"data-done": index <= component.step}));
    return [
      h("ol", {class: "sce-steps", "aria-hidden": "true"}, bar),
      h("p", {}, `Step ${component.step + 1} of ${steps.length}: `, h("strong", {"data-step": step}, words(step))),
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
      tally(data),
    ),
    h("ul", {class: "sce-list"}, data.requirements.map((name) => notification(component, data, name))),
  ],
  balances: (component, data) => [place("balances"), sections(component, data)],
  payouts: (component, data) => [place("payouts"), sections(component, data)],
  documents: (component, {documents}) => [
    h("p", {class: "sce-muted"}, documents.length ? "Made up: the emulator makes no real documents." : "No documents yet."),
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

/** Those that need action are listed; the others are owed later. */
function tally({total, actionRequired: now}) {
  if (!total) return "No notifications.";
  const later = total - now;
  const rest = later ? `, ${later}${now ? " more" : ""} later` : "";
  return now ? `${now} ${now === 1 ? "needs" : "need"} action now${rest}.` : `Nothing needs action now${rest}.`;
}

const nothing = () => h("p", {class: "sce-muted"}, "Nothing is required.");

/** An onboarding after its end: one can only leave it. */
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

/** Where Stripe shows what the emulator does not have. */
function place(name) {
  const what = (name.endsWith("s") ? "" : "the ") + words(name).toLowerCase();
  return h("p", {class: "sce-place"}, `Stripe shows ${what} here. The emulator has none.`);
}

/** Callbacks that the drawn body fires by itself. */
const OWN = new Set(["account-onboarding", "account-management", "notification-banner"]);

function callbacks(component, view) {
  if (OWN.has(component.name)) return [];
  return component.facts.callbacks
    .filter(({feature}) => !feature || view.features[feature])
    .map(({setter, label, args}) => button(label, () => component.fire(setter, ...args), {"data-callback": react(setter)}));
}

function actions(component, view) {
  const made = view.actions.map(({name, label}) => button(label, () => component.act(name), {"data-action": name}));
  if (component.values.has("setFetchEphemeralKey")) {
    made.push(button("Show card details", () => component.reveal(), {"data-action": "ephemeral_key"}));
  }
  return made;
}

function features(view) {
  const names = Object.keys(view.features);
  if (!names.length) return null;
  const chip = (name, on) =>
    h("li", {"data-feature": name, "data-on": String(on)}, words(name), !on && [" ", h("span", {class: "sce-unseen"}, "(off)")]);
  const chips = names.map((name) => chip(name, view.features[name]));
  return h("ul", {class: "sce-chips", "aria-label": "Features"}, chips);
}

function ready(component) {
  const view = component.view;
  const body = BODIES[component.name];
  const more = [...actions(component, view), ...callbacks(component, view)];
  const note = component.facts.key ? null : "No account session enables this component by name, so it always shows.";
  return panel(
    component.name,
    body ? body(component, view.data, view) : place(component.name),
    h(
      "div",
      {class: "sce-more"},
      note ? h("p", {class: "sce-muted"}, note) : null,
      features(view),
      more.length ? h("div", {class: "sce-row"}, more) : null,
    ),
    component.said ? h("p", {class: component.said.bad ? "sce-alert" : "sce-muted", role: component.said.bad ? "alert" : "status"}, component.said.text) : null,
  );
}
