// The custom elements. A constructor may not change its element, so the state is kept in a Component beside it.
const TAG = "stripe-connect-";
const INTERNAL = "InternalOnly";
const SETTER = /^set[A-Z]\w*$/;
const LISTENER = /^set(On|Handle|Fetch)[A-Z]/;
const COLOURS = /^color|Color/;
const EVENTS_KEPT = 200;
const REPORT_MS = 2000; // callbacks do not wait longer for an emulator that hangs
const components = new WeakMap();
const events = [];

/** setOnExit -> onExit, setPayment -> payment */
const propName = (setter) => setter[3].toLowerCase() + setter.slice(4);

/** A value that a page set, as JSON; values that JSON does not have become text. */
function plain(value) {
  if (value === undefined || typeof value === "function") return value;
  try {
    const text = JSON.stringify(value, (_, inner) => (typeof inner === "bigint" ? String(inner) : inner));
    return text === undefined ? String(value) : JSON.parse(text);
  } catch {
    return Object.prototype.toString.call(value); // a cycle
  }
}

class Component {
  constructor(host, name) {
    this.host = host;
    this.name = name;
    this.config = CONFIG.elements[name];
    this.values = new Map();
    this.undelivered = new Map();
    this.typed = new Map();
    this.queue = [];
    this.running = new Set();
    this.generation = 0;
    this.redraw = this.redraw.bind(this);
  }

  // --- set by the page ---

  connect(instance) {
    this.instance = instance;
    this.update();
  }

  /** React calls setters again after each render, with undefined for unused properties. */
  set(setter, value) {
    const before = this.values.get(setter);
    const given = value === null && LISTENER.test(setter) ? undefined : plain(value);
    if (given === undefined) this.values.delete(setter);
    else this.values.set(setter, given);
    if (typeof value === "function") {
      const args = this.undelivered.get(setter);
      this.undelivered.delete(setter);
      if (args) queueTask(() => this.callListener(setter, args));
      else if (typeof before !== "function" && setter === "setFetchEphemeralKey") this.draw();
    } else if (JSON.stringify(before) !== JSON.stringify(given) && this.mounted) {
      this.setAttributes();
      if (this.view) this.reload();
    }
  }

  /** Mount or unmount, in a task of its own: packages create, connect, move and remove elements within one task. */
  update() {
    queueTask(() => {
      const wanted = Boolean(this.instance && this.host.isConnected);
      if (wanted && !this.mounted) this.mount();
      if (!wanted && this.mounted) this.unmount();
    });
  }

  // --- mounting ---

  async mount() {
    this.mounted = true;
    const generation = ++this.generation;
    const outdated = () => generation !== this.generation || this.instance.loggedOut;
    this.instance.add(this);
    this.setAttributes();
    this.applyAppearance();
    if (this.instance.loggedOut) return this.clear("logged-out");
    this.setState("loading");
    const forced = await this.instance.forcedError(this.name).catch(() => null);
    if (outdated()) return;
    if (forced && forced.before_loader_start) {
      await pause(forced.delay_ms);
      if (!outdated() && forced.type) return this.fail(forcedLoadError(forced), {silent: true});
    }
    if (outdated()) return;
    this.show(loading(this.name));
    this.emit("setOnLoaderStart", [{elementTagName: this.name}], {keep: true});
    try {
      await this.instance.ready();
      if (forced && !forced.before_loader_start) await pause(forced.delay_ms);
      if (forced && forced.type) throw forcedLoadError(forced);
      if (outdated()) return;
      const view = await this.instance.view(this, {mounted: true});
      if (!outdated()) this.showFirst(view);
    } catch (error) {
      if (!outdated()) this.fail(error);
    }
  }

  showFirst(view) {
    this.view = view;
    this.host.dataset.account = view.account;
    this.setState("ready");
    this.draw();
    this.notifyChanges();
    const {loaded = {}} = view.data;
    for (const {setter, on_load: args} of this.config.callbacks) {
      if (args) this.emit(setter, loaded[setter] || args, {keep: true});
    }
    if (this.name === "account-onboarding") this.emit("setOnStepChange", [{step: view.data.steps[0]}], {keep: true});
  }

  unmount() {
    this.generation++;
    this.mounted = false;
    this.view = null;
    this.step = this.section = this.message = this.fieldError = this.replacesDefault = this.finished = this.unfolded = undefined;
    this.typed.clear();
    this.instance.remove(this);
    this.host.replaceChildren();
    delete this.host.dataset.state;
  }

  /** Show and report an error. With `silent`, as before onLoaderStart, nothing is shown. */
  fail(error, {silent = false} = {}) {
    if (pageReplaced()) return;
    const {type = "api_error", message = String(error)} = error;
    const generation = ++this.generation;
    this.view = null;
    const apply = () => {
      if (generation !== this.generation) return false;
      this.setState("error");
      this.show(silent ? null : failure(this.name, {type, message}));
      return true;
    };
    this.emit("setOnLoadError", [{elementTagName: this.name, error: {type, message}}], {keep: true, apply});
  }

  clear(state) {
    this.generation++;
    this.view = null;
    this.setState(state);
    this.show(null);
  }

  // --- drawing ---

  setState(state) {
    this.host.dataset.state = state;
    this.host.setAttribute("aria-busy", String(state === "loading"));
  }

  show(content) {
    this.host.replaceChildren(...(content ? [content] : []));
  }

  draw() {
    unlessPressed(this.redraw);
  }

  /** Draw the component and restore the focus; to the heading if the focused control was removed. */
  redraw() {
    if (!this.view) return;
    const {activeElement: focus} = this.host.getRootNode();
    const held = this.host.contains(focus) ? {control: controlId(focus), start: focus.selectionStart, end: focus.selectionEnd} : null;
    this.show(ready(this));
    const restored =
      held && [...this.host.querySelectorAll("button, input, select, summary")].find((node) => controlId(node) === held.control);
    if (held) (restored || this.host.querySelector("h2")).focus({preventScroll: true});
    if (restored && typeof held.start === "number") restored.setSelectionRange(held.start, held.end);
  }

  /** The values that the page set, functions left out. */
  props() {
    const plain = [...this.values].filter(([, value]) => typeof value !== "function");
    return Object.fromEntries(plain.map(([setter, value]) => [propName(setter), value]));
  }

  setAttributes() {
    const {host} = this;
    if (!host.hasAttribute("data-testid")) host.dataset.testid = TAG + this.name;
    host.dataset.emulated = "";
    host.dataset.props = JSON.stringify(this.props());
  }

  /** Set the appearance's variables as custom properties by the style object: a strict policy forbids style attributes. */
  applyAppearance() {
    const {locale} = this.instance.params;
    if (locale) this.host.dataset.locale = locale;
    const root = this.host.getRootNode();
    if (sheet && root.adoptedStyleSheets && !root.adoptedStyleSheets.includes(sheet)) {
      root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
    }
    for (const name of this.appliedVariables || []) this.host.style.removeProperty(name);
    const given = Object.entries(this.instance.appearance.variables || {}).filter(([, value]) => value !== undefined);
    this.host.toggleAttribute("data-themed", given.some(([name]) => COLOURS.test(name)));
    this.appliedVariables = given.map(([name, value]) => {
      const property = `--sce-${kebab(name)}`;
      this.host.style.setProperty(property, String(value));
      return property;
    });
  }

  /** Load the content again: the account, the session or the page's settings have changed. */
  async reload() {
    if (!this.view) return;
    const generation = this.generation;
    try {
      const view = await this.instance.view(this);
      if (generation === this.generation && this.view) this.updateView(view);
    } catch (error) {
      if (generation === this.generation && !this.instance.loggedOut && error.type !== "api_connection_error") this.fail(error);
    }
  }

  updateView(view) {
    const same = JSON.stringify(view) === JSON.stringify(this.view);
    this.view = view;
    this.host.dataset.account = view.account;
    if (!same) {
      this.draw();
      this.notifyChanges();
    }
  }

  refreshed() {
    if (!this.view) return;
    this.host.dataset.refreshed = String(Number(this.host.dataset.refreshed || 0) + 1);
    this.message = null;
    this.draw();
    this.reload();
  }

  /** Call onNotificationsChange when the numbers have changed. */
  notifyChanges() {
    if (this.name !== "notification-banner") return;
    const {total, actionRequired} = this.view.data;
    const count = `${total} ${actionRequired}`;
    if (this.count === count) return;
    this.count = count;
    this.emit("setOnNotificationsChange", [{total, actionRequired}], {keep: true});
  }

  // --- events and actions ---

  /**
   * Log an event and call the page's listener. With `keep`, an event without a listener is delivered to the first one,
   * once. `apply` draws the event, and returns false if it is outdated.
   */
  emit(setter, args, {keep = false, apply = () => true} = {}) {
    events.push({component: this.name, name: propName(setter), args});
    if (events.length > EVENTS_KEPT) events.shift();
    this.enqueue(this.callbackEntry(setter, args), () => {
      if (!apply()) return;
      if (typeof this.values.get(setter) === "function") this.callListener(setter, args);
      else if (keep) this.undelivered.set(setter, args);
    });
  }

  /** Run `then` once the emulator has logged the entry, in order: a listener may leave the page. */
  enqueue(entry, then) {
    this.queue.push({entry, then});
    if (this.reporting) return;
    const reporting = (this.reporting = this.report());
    pendingReports.add(reporting);
    reporting.then(() => pendingReports.delete(reporting));
  }

  /** Report the queue. Entries that arrive during a request go with the next one. */
  async report() {
    await null;
    while (this.queue.length) {
      const batch = this.queue.splice(0);
      const entries = batch.map(({entry}) => entry).filter(Boolean);
      if (entries.length) await Promise.race([this.instance.report(entries), pause(REPORT_MS)]);
      for (const {then} of batch) then();
    }
    this.reporting = null;
  }

  /** The log entry of a callback; null for none. */
  callbackEntry(setter, args) {
    if (setter === "setOnLoaderStart") return null;
    const {error} = setter === "setOnLoadError" ? args[0] : {};
    const {type, message} = error || {};
    return error ? this.entry("error", type, message) : this.entry("event", propName(setter), JSON.stringify(args));
  }

  entry(kind, name, detail) {
    return {kind, component: this.name, name, detail};
  }

  callListener(setter, args) {
    const listener = this.values.get(setter);
    if (typeof listener !== "function") return;
    try {
      listener(...args);
    } catch (thrown) {
      queueTask(() => Promise.reject(thrown)); // an error of the page is reported as such
    }
  }

  fire(setter, ...args) {
    this.emit(setter, args);
  }

  go(step) {
    this.step = step;
    this.draw();
    this.fire("setOnStepChange", {step: this.view.data.steps[step]});
  }

  async complete() {
    const {steps} = this.view.data;
    if (!(await this.act("complete"))) return;
    for (const step of steps.slice((this.step ?? 0) + 1)) this.fire("setOnStepChange", {step});
    this.step = steps.length - 1;
    this.finished = true;
    this.draw();
    this.fire("setOnExit");
  }

  /** Run an action, unless the same one is running: the second click of a double click does nothing. */
  async act(action, params = {}, key = null) {
    const id = JSON.stringify([action, params]);
    if (this.running.has(id)) return false;
    this.running.add(id);
    const done = await this.perform(action, params, key);
    this.running.delete(id);
    return done;
  }

  /** Run an action and show its refusal, in the form of `key` if there is one. */
  async perform(action, params, key) {
    const generation = this.generation;
    try {
      const {performed, view, result} = await this.instance.request("act", {component: this.name, props: this.props(), action, params});
      if (generation !== this.generation) return true;
      this.result = result;
      this.message = performed ? null : {text: "Logged. The emulator changes nothing for this action."};
      this.fieldError = null;
      if (key) this.typed.delete(key);
      this.view = null;
      this.updateView(view);
      await this.instance.redraw();
      return true;
    } catch (error) {
      if (generation === this.generation) this.showRefusal(error, key);
      return false;
    }
  }

  showRefusal({message, param}, key) {
    const open = key && [...this.host.querySelectorAll("form")].some((found) => found.dataset.form === key);
    this.fieldError = open ? {key, param, message} : null;
    this.message = open ? null : {text: message, bad: true};
    this.draw();
    const invalid = this.host.querySelector("[aria-invalid=true]");
    if (invalid) invalid.focus();
  }

  async save(section, values, more) {
    if (!Object.keys(values).length) return this.showRefusal({message: "Nothing was changed."}, section);
    if (await this.act("save", {section, values, ...more}, section)) this.showMessage("Saved.");
  }

  /** Run the action of a payment, a dispute or a balance. An instant payout is reported to the page. */
  async actOnItem(item, name, values) {
    if (!(await this.act(name, {id: item.id, ...values}))) return;
    if (name === "pay_out_instantly") this.fire("setOnInstantPayoutCreated", {payoutId: this.result.id});
    this.showMessage("Done.");
  }

  showMessage(text, bad = false) {
    this.message = {text, bad};
    this.draw();
  }

  async showCardDetails() {
    const nonce = `nonce_${Math.random().toString(36).slice(2)}`;
    const issuingCard = this.values.get("setDefaultCard") || this.view.data.items[0]?.id || "ic_emulated";
    try {
      const key = await this.values.get("setFetchEphemeralKey")({issuingCard, nonce});
      const right = key && key.nonce === nonce && key.issuingCard === issuingCard && typeof key.ephemeralKeySecret === "string";
      const wrong = "fetchEphemeralKey must resolve to {issuingCard, nonce, ephemeralKeySecret}, with the card and nonce given.";
      this.showMessage(right ? "4242 4242 4242 4242" : wrong, !right);
    } catch (error) {
      this.showMessage(`fetchEphemeralKey failed: ${reason(error)}`, true);
    }
  }

  download(id, name) {
    this.enqueue(this.entry("event", "download", id), () => {
      if (!URL.createObjectURL) return;
      const url = URL.createObjectURL(new Blob([`${name}\nTest data of the Stripe emulator.\n`], {type: "text/plain"}));
      h("a", {href: url, download: `${id}.txt`}).click();
      nativeTimeout(() => URL.revokeObjectURL(url), 1000);
    });
  }
}

/** Identifies a control within its component, also after a redraw. */
const controlId = (node) => node.dataset.control || node.id || node.name || node.getAttribute("aria-label") || node.textContent;
const forcedLoadError = ({type, message}) => new LoadError(type, message || `Forced by a test: ${type}.`);

/** The parent of every element's prototype: it responds to each setter of each version of the packages. */
const setters = new Proxy(HTMLElement.prototype, {
  get(target, key, receiver) {
    if (typeof key !== "string" || key in target || !SETTER.test(key)) return Reflect.get(target, key, receiver);
    const setter = key.endsWith(INTERNAL) ? key.slice(0, -INTERNAL.length) : key;
    return function set(value) {
      const component = components.get(this);
      if (component) component.set(setter, value);
    };
  },
});

function define(name) {
  if (customElements.get(TAG + name)) return;
  const Element = class extends HTMLElement {
    constructor() {
      super();
      components.set(this, new Component(this, name));
    }

    connectedCallback() {
      components.get(this).update();
    }

    disconnectedCallback() {
      components.get(this).update();
    }

    setConnector(instance) {
      components.get(this).connect(instance);
    }
  };
  Object.setPrototypeOf(Element.prototype, setters);
  customElements.define(TAG + name, Element);
}
