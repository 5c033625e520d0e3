// Forms in which an owner answers and edits. What is typed lives in the component, so that a redraw loses nothing, and
// what the API says of a field is shown at the field.
let serials = 0;

/** What was typed into a form; a Map by field name. */
function typed(component, key) {
  if (!component.typed.has(key)) component.typed.set(key, new Map());
  return component.typed.get(key);
}

const valueOf = (component, key, {name, value}) => typed(component, key).get(name) ?? value;

/** A field that is for one interval only is left out with another one. */
function applies(component, key, fields, field) {
  const interval = fields.find(({name}) => name.endsWith("[interval]"));
  return !field.only || valueOf(component, key, interval) === field.only;
}

function sent(component, key, {whole, fields}) {
  const there = fields.filter((field) => applies(component, key, fields, field));
  const said = there.map((field) => [field, valueOf(component, key, field)]);
  const changed = said.filter(([field, value]) => (whole ? value !== "" : value !== field.value));
  const groups = new Set(changed.map(([{group}]) => group).filter(Boolean)); // a date is sent whole
  const wanted = said.filter((pair) => changed.includes(pair) || groups.has(pair[0].group));
  return Object.fromEntries(wanted.map(([{name}, value]) => [name, value]));
}

function input(component, key, field, id, wrong) {
  const attributes = {
    id,
    name: field.name,
    class: "sce-input",
    "aria-invalid": wrong ? "true" : null,
    "aria-describedby": wrong ? `${id}-wrong` : null,
  };
  const value = valueOf(component, key, field);
  const keep = ({target}) => typed(component, key).set(field.name, target.value);
  if (field.options.length) {
    const redraw = (event) => {
      keep(event);
      component.draw();
    };
    const choices = ["", ...field.options].filter((option, index) => index || !field.value);
    const options = choices.map((option) => h("option", {value: option, selected: option === value}, option && words(option)));
    return h("select", {...attributes, change: redraw}, options);
  }
  const made = h("input", {...attributes, type: "text", autocomplete: "off", placeholder: field.given ? "Provided" : null, input: keep});
  made.value = value;
  return made;
}

function fieldRow(component, key, field, base) {
  const id = `${base}-${field.name}`;
  const wrong = component.wrong && component.wrong.key === key && component.wrong.param === field.name ? component.wrong : null;
  return h(
    "div",
    {class: "sce-field", "data-field": field.name},
    h("label", {for: id}, field.label),
    input(component, key, field, id, wrong),
    wrong && h("p", {class: "sce-wrong", id: `${id}-wrong`, role: "alert"}, wrong.message),
  );
}

/** A form of the server's. `options`: the label of its button, what else to send, what else to show. */
function form(component, key, shape, {label = "Save", more = () => ({}), extra = null, test = null} = {}) {
  const base = `sce-${(component.serial ??= ++serials)}-${key}`;
  const shown = shape.fields.filter((field) => applies(component, key, shape.fields, field));
  const {wrong} = component;
  const elsewhere = wrong && wrong.key === key && !shown.some(({name}) => name === wrong.param);
  const save = (event) => {
    event.preventDefault();
    component.save(key, sent(component, key, shape), more());
  };
  const fill = () => {
    for (const field of shape.fields) if (field.test) typed(component, key).set(field.name, field.test);
    component.draw();
  };
  const fillable = shape.fields.some((field) => field.test);
  return h(
    "form",
    {class: "sce-form", novalidate: true, submit: save, "data-form": key},
    elsewhere && h("p", {class: "sce-alert", role: "alert"}, wrong.message),
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
        : button("Make default", () => component.act("prefer", {id: bank.id}, KEY), {"aria-label": `Make default ${bank.last4}`}),
      button("Remove", () => component.act("remove", {id: bank.id}, KEY), {"aria-label": `Remove ${bank.last4}`, "data-danger": true}),
    );
  const KEY = "external_account";
  const replaces = component.instead === undefined ? banks.length > 0 : component.instead;
  const instead = banks.length
    ? h(
        "label",
        {class: "sce-check"},
        h("input", {
          type: "checkbox",
          checked: replaces,
          name: "instead",
          change: ({target}) => (component.instead = target.checked),
        }),
        "In the place of the default one of its currency",
      )
    : null;
  return [
    banks.length ? h("ul", {class: "sce-list"}, banks.map(item)) : h("p", {class: "sce-muted"}, "No bank account yet."),
    form(component, KEY, data.forms[KEY], {
      label: banks.length ? "Save bank account" : "Add bank account",
      extra: instead,
      more: () => ({instead: banks.length > 0 && (component.instead ?? true)}),
    }),
  ];
}

/** The button that opens and closes a section. Account management tells the page of it. */
function toggler(component, name, word) {
  const open = component.section === name;
  const toggle = () => {
    component.section = open ? null : name;
    component.said = component.wrong = null;
    if (!open && component.name === "account-management") component.fire("setOnSectionOpen", {sectionName: name});
    component.draw();
  };
  const what = open ? "Close" : word;
  const attributes = {"aria-expanded": String(open), "aria-label": `${what} ${name}`, "data-control": `toggle ${name}`};
  return button(what, toggle, attributes);
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
      h("h3", {class: "sce-grow sce-name"}, words(name)),
      toggler(component, name, "Open"),
    ),
    open && h("div", {class: "sce-open"}, body()),
  );
}

const sections = (component, data) => h("ul", {class: "sce-list"}, data.sections.map((name) => section(component, data, name)));

// --- notifications ---

/** One requirement: answered in a form where a text will do, with test data otherwise. */
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
