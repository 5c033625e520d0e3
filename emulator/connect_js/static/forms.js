// Forms in which an owner submits details. Typed values are kept in the component, so that a redraw loses nothing, and
// errors of the API are shown at their field.
let serials = 0;

/** The typed values of a form; a Map by field name. */
function typed(component, key) {
  if (!component.typed.has(key)) component.typed.set(key, new Map());
  return component.typed.get(key);
}

const valueOf = (component, key, {name, value}) => typed(component, key).get(name) ?? value;

/** A field for one payout interval is left out with any other one. */
function applies(component, key, fields, field) {
  const interval = fields.find(({name}) => name.endsWith("[interval]"));
  return !field.interval || valueOf(component, key, interval) === field.interval;
}

/** The values to send: all of them, or those that were changed; a date as a whole. */
function submitted(component, key, {send_all: all, fields}) {
  const applicable = fields.filter((field) => applies(component, key, fields, field));
  const values = applicable.map((field) => [field, valueOf(component, key, field)]);
  const changed = values.filter(([field, value]) => (all ? value !== "" : value !== field.value));
  const groups = new Set(changed.map(([{group}]) => group).filter(Boolean));
  const sent = values.filter((pair) => changed.includes(pair) || groups.has(pair[0].group));
  return Object.fromEntries(sent.map(([{name}, value]) => [name, value]));
}

function input(component, key, field, id, error) {
  const attributes = {
    id,
    name: field.name,
    class: "sce-input",
    "aria-invalid": error ? "true" : null,
    "aria-describedby": error ? `${id}-wrong` : null,
  };
  const value = valueOf(component, key, field);
  const keep = ({target}) => typed(component, key).set(field.name, target.value);
  if (field.options.length) {
    const redraw = (event) => {
      keep(event);
      component.draw();
    };
    const choices = ["", ...field.options].filter((option, index) => index || !field.value);
    const options = choices.map((option) => h("option", {value: option, selected: option === value}, option && title(option)));
    return h("select", {...attributes, change: redraw}, options);
  }
  const node = h("input", {...attributes, type: "text", autocomplete: "off", placeholder: field.provided ? "Provided" : null, input: keep});
  node.value = value;
  return node;
}

function fieldRow(component, key, field, base) {
  const id = `${base}-${field.name}`;
  const {fieldError} = component;
  const error = fieldError && fieldError.key === key && fieldError.param === field.name ? fieldError : null;
  return h(
    "div",
    {class: "sce-field", "data-field": field.name},
    h("label", {for: id}, field.label),
    input(component, key, field, id, error),
    error && h("p", {class: "sce-wrong", id: `${id}-wrong`, role: "alert"}, error.message),
  );
}

/** A form. `options`: the label of its button, further parameters to send, further nodes to show. */
function form(component, key, shape, {label = "Save", more = () => ({}), extra = null, test = null} = {}) {
  const base = `sce-${(component.serial ??= ++serials)}-${key}`;
  const shown = shape.fields.filter((field) => applies(component, key, shape.fields, field));
  const {fieldError} = component;
  const elsewhere = fieldError && fieldError.key === key && !shown.some(({name}) => name === fieldError.param);
  const save = (event) => {
    event.preventDefault();
    component.save(key, submitted(component, key, shape), more());
  };
  const fill = () => {
    for (const field of shape.fields) if (field.test_value) typed(component, key).set(field.name, field.test_value);
    component.draw();
  };
  const fillable = shape.fields.some((field) => field.test_value);
  return h(
    "form",
    {class: "sce-form", novalidate: true, submit: save, "data-form": key},
    elsewhere && h("p", {class: "sce-alert", role: "alert"}, fieldError.message),
    h("div", {class: "sce-fields"}, shown.map((field) => fieldRow(component, key, field, base))),
    extra,
    h(
      "div",
      {class: "sce-row"},
      h("button", {type: "submit", class: "sce-button", "data-primary": true, "data-action": "save"}, label),
      test || (fillable && button("Fill in test data", fill, {"data-action": "test-data"})),
    ),
  );
}

// --- bank accounts ---

function bankAccounts(component, data) {
  const banks = data.external_accounts;
  const line = (bank) => `${bank.bank_name || bank.brand || "Bank"} •••• ${bank.last4} · ${String(bank.currency).toUpperCase()}`;
  const item = (bank) =>
    h(
      "li",
      {"data-external-account": bank.id},
      h("span", {class: "sce-grow sce-bank"}, line(bank)),
      bank.default_for_currency
        ? h("span", {class: "sce-tag"}, "Default")
        : button("Make default", () => component.act("make_default", {id: bank.id}, KEY), {"aria-label": `Make default ${bank.last4}`}),
      button("Remove", () => component.act("remove", {id: bank.id}, KEY), {"aria-label": `Remove ${bank.last4}`, "data-danger": true}),
    );
  const KEY = "external_account";
  const replaces = component.replacesDefault === undefined ? banks.length > 0 : component.replacesDefault;
  const replace = banks.length
    ? h(
        "label",
        {class: "sce-check"},
        h("input", {
          type: "checkbox",
          checked: replaces,
          name: "replace_default",
          change: ({target}) => (component.replacesDefault = target.checked),
        }),
        "Replace the default bank account of its currency",
      )
    : null;
  return [
    banks.length ? h("ul", {class: "sce-list"}, banks.map(item)) : h("p", {class: "sce-muted"}, "No bank account yet."),
    form(component, KEY, data.forms[KEY], {
      label: banks.length ? "Save bank account" : "Add bank account",
      extra: replace,
      more: () => ({replace_default: banks.length > 0 && (component.replacesDefault ?? true)}),
    }),
  ];
}

/** The button that opens and closes a section. In account management it calls onSectionOpen. */
function toggler(component, name, verb) {
  const open = component.section === name;
  const toggle = () => {
    component.section = open ? null : name;
    component.message = component.fieldError = null;
    if (!open && component.name === "account-management") component.fire("setOnSectionOpen", {sectionName: name});
    component.draw();
  };
  const label = open ? "Close" : verb;
  const attributes = {"aria-expanded": String(open), "aria-label": `${label} ${name}`, "data-control": `toggle ${name}`};
  return button(label, toggle, attributes);
}

/** A section that opens and closes. */
function section(component, data, name) {
  const open = component.section === name;
  const body = () => (name === "external_account" ? bankAccounts(component, data) : [form(component, name, data.forms[name])]);
  return h(
    "li",
    {"data-section": name},
    h(
      "div",
      {class: "sce-line"},
      h("h3", {class: "sce-grow sce-name"}, title(name)),
      toggler(component, name, "Open"),
    ),
    open && h("div", {class: "sce-open"}, body()),
  );
}

const sections = (component, data) => h("ul", {class: "sce-list"}, data.sections.map((name) => section(component, data, name)));

// --- notifications ---

/** One requirement: a form where it can be met with text, and a button for test data. */
function notification(component, data, name) {
  const shape = data.forms[name];
  const open = component.section === name;
  const resolve = () => component.act("resolve", {requirement: name}, name);
  const label = {"aria-label": `Use test data for ${name}`, "data-action": "resolve"};
  return h(
    "li",
    {"data-requirement": name},
    h(
      "div",
      {class: "sce-line"},
      h("code", {class: "sce-grow sce-long"}, name),
      h("div", {class: "sce-pair"}, shape && toggler(component, name, "Answer"), button("Use test data", resolve, label)),
    ),
    data.reasons[name] && h("p", {class: "sce-muted"}, data.reasons[name]),
    open && shape && h("div", {class: "sce-open"}, form(component, name, shape, {label: "Submit"})),
  );
}
