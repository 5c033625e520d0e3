// The elements. A constructor may do nothing to its element, so all there is of one is kept in a Component beside it.
const TAG = "stripe-connect-";
const INTERNAL = "InternalOnly";
const SETTER = /^set[A-Z]\w*$/;
const LISTENER = /^set(On|Handle|Fetch)[A-Z]/;
const COLOURS = /^color|Color/;
const EVENTS_KEPT = 200;
const RECORD_MS = 2000; // a page is told in the end, also when the emulator hangs
const components = new WeakMap();
const events = [];

/** setOnExit -> onExit, setPayment -> payment */
const react = (setter) => setter[3].toLowerCase() + setter.slice(4);

/** What a page set, as JSON has it; what JSON has no word for is told as text. */
function plain(value) {
  if (value === undefined || typeof value === "function") return value;
  try {
    const text = JSON.stringify(value, (_, held) => (typeof held === "bigint" ? String(held) : held));
    return text === undefined ? String(value) : JSON.parse(text);
  } catch {
    return Object.prototype.toString.call(value); // it holds itself
  }
}

class Component {
  constructor(host, name) {
    this.host = host;
    this.name = name;
    this.facts = FACTS.elements[name];
    this.values = new Map();
    this.unheard = new Map();
    this.typed = new Map();
    this.telling = [];
    this.acting = new Set();
    this.turn = 0;
    this.redraw = this.redraw.bind(this);
  }

  // --- what the page says ---

  connect(instance) {
    this.instance = instance;
    this.settle();
  }

  /** Setters come again after each render, with undefined for what the page does not use. */
  set(setter, value) {
    const before = this.values.get(setter);
    const given = value === null && LISTENER.test(setter) ? undefined : plain(value);
    if (given === undefined) this.values.delete(setter);
    else this.values.set(setter, given);
    if (typeof value === "function") {
      const args = this.unheard.get(setter);
      this.unheard.delete(setter);
      if (args) later(() => this.tell(setter, args));
      else if (typeof before !== "function" && setter === "setFetchEphemeralKey") this.draw();
    } else if (JSON.stringify(before) !== JSON.stringify(given) && this.mounted) {
      this.describe();
      if (this.view) this.look();
    }
  }

  /** In a task of its own: elements are made, connected, moved and thrown away before anything is meant. */
  settle() {
    later(() => {
      const wanted = Boolean(this.instance && this.host.isConnected);
      if (wanted && !this.mounted) this.mount();
      if (!wanted && this.mounted) this.unmount();
    });
  }

  // --- mounting ---

  async mount() {
    this.mounted = true;
    const turn = ++this.turn;
    const over = () => turn !== this.turn || this.instance.loggedOut;
    this.instance.join(this);
    this.describe();
    this.dress();
    if (this.instance.loggedOut) return this.bare("logged-out");
    this.state("loading");
    const forced = await this.instance.plan(this.name).catch(() => null);
    if (over()) return;
    if (forced && forced.before_loader_start) {
      await pause(forced.delay_ms);
      if (!over() && forced.type) return this.fail(made(forced), {silent: true});
    }
    if (over()) return;
    this.show(loading(this.name));
    this.emit("setOnLoaderStart", [{elementTagName: this.name}], {keep: true});
    try {
      await this.instance.ready();
      if (forced && !forced.before_loader_start) await pause(forced.delay_ms);
      if (forced && forced.type) throw made(forced);
      if (over()) return;
      const view = await this.instance.look(this, {mounted: true});
      if (!over()) this.begin(view);
    } catch (error) {
      if (!over()) this.fail(error);
    }
  }

  begin(view) {
    this.view = view;
    this.host.dataset.account = view.account;
    this.state("ready");
    this.draw();
    this.told();
    for (const {setter, on_load: args} of this.facts.callbacks) if (args) this.emit(setter, args, {keep: true});
    if (this.name === "account-onboarding") this.emit("setOnStepChange", [{step: view.data.steps[0]}], {keep: true});
  }

  unmount() {
    this.turn++;
    this.mounted = false;
    this.view = null;
    this.step = this.section = this.said = this.wrong = this.instead = this.finished = this.unfolded = undefined;
    this.typed.clear();
    this.instance.leave(this);
    this.host.replaceChildren();
    delete this.host.dataset.state;
  }

  /** An error of the page's session or of this component alone. Before onLoaderStart nothing is shown. */
  fail(error, {silent = false} = {}) {
    if (gone()) return;
    const {type = "api_error", message = String(error)} = error;
    const turn = ++this.turn;
    this.view = null;
    const seen = () => {
      if (turn !== this.turn) return false;
      this.state("error");
      this.show(silent ? null : failure(this.name, {type, message}));
      return true;
    };
    this.emit("setOnLoadError", [{elementTagName: this.name, error: {type, message}}], {keep: true, seen});
  }

  bare(state) {
    this.turn++;
    this.view = null;
    this.state(state);
    this.show(null);
  }

  // --- what is seen ---

  state(state) {
    this.host.dataset.state = state;
    this.host.setAttribute("aria-busy", String(state === "loading"));
  }

  show(content) {
    this.host.replaceChildren(...(content ? [content] : []));
  }

  draw() {
    unlessPressed(this.redraw);
  }

  /** Draws the component, and gives the focus back to the control that had it; to the heading if that is gone. */
  redraw() {
    if (!this.view) return;
    const {activeElement: focus} = this.host.getRootNode();
    const held = this.host.contains(focus) ? {what: label(focus), at: focus.selectionStart, to: focus.selectionEnd} : null;
    this.show(ready(this));
    const again = held && [...this.host.querySelectorAll("button, input, select, summary")].find((found) => label(found) === held.what);
    if (held) (again || this.host.querySelector("h2")).focus({preventScroll: true});
    if (again && typeof held.at === "number") again.setSelectionRange(held.at, held.to);
  }

  /** What the page set, functions left out. */
  props() {
    const plain = [...this.values].filter(([, value]) => typeof value !== "function");
    return Object.fromEntries(plain.map(([setter, value]) => [react(setter), value]));
  }

  describe() {
    const {host} = this;
    if (!host.hasAttribute("data-testid")) host.dataset.testid = TAG + this.name;
    host.dataset.emulated = "";
    host.dataset.props = JSON.stringify(this.props());
  }

  /** The appearance's variables as custom properties, by the style object: no style attribute in any markup. */
  dress() {
    const {locale} = this.instance.params;
    if (locale) this.host.dataset.locale = locale;
    const root = this.host.getRootNode();
    if (sheet && root.adoptedStyleSheets && !root.adoptedStyleSheets.includes(sheet)) {
      root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
    }
    for (const name of this.worn || []) this.host.style.removeProperty(name);
    const given = Object.entries(this.instance.appearance.variables || {}).filter(([, value]) => value !== undefined);
    this.host.toggleAttribute("data-themed", given.some(([name]) => COLOURS.test(name)));
    this.worn = given.map(([name, value]) => {
      const property = `--sce-${kebab(name)}`;
      this.host.style.setProperty(property, String(value));
      return property;
    });
  }

  /** Reads the view again: the account, the session or the page's settings have changed. */
  async look() {
    if (!this.view) return;
    const turn = this.turn;
    try {
      const view = await this.instance.look(this);
      if (turn === this.turn && this.view) this.take(view);
    } catch (error) {
      if (turn === this.turn && !this.instance.loggedOut && error.type !== "api_connection_error") this.fail(error);
    }
  }

  take(view) {
    const same = JSON.stringify(view) === JSON.stringify(this.view);
    this.view = view;
    this.host.dataset.account = view.account;
    if (!same) {
      this.draw();
      this.told();
    }
  }

  refreshed() {
    if (!this.view) return;
    this.host.dataset.refreshed = String(Number(this.host.dataset.refreshed || 0) + 1);
    this.said = null;
    this.draw();
    this.look();
  }

  /** Tells of the notifications when their number is new. */
  told() {
    if (this.name !== "notification-banner") return;
    const {total, actionRequired} = this.view.data;
    const count = `${total} ${actionRequired}`;
    if (this.count === count) return;
    this.count = count;
    this.emit("setOnNotificationsChange", [{total, actionRequired}], {keep: true});
  }

  // --- what happens ---

  /**
   * Calls the page's listener. What must not be missed waits for the first listener, and is never told twice.
   * `seen` draws what the page may see of it, and says whether it still counts.
   */
  emit(setter, args, {keep = false, seen = () => true} = {}) {
    events.push({component: this.name, name: react(setter), args});
    if (events.length > EVENTS_KEPT) events.shift();
    this.recorded(this.of(setter, args), () => {
      if (!seen()) return;
      if (typeof this.values.get(setter) === "function") this.tell(setter, args);
      else if (keep) this.unheard.set(setter, args);
    });
  }

  /** One thing after the other, each once the emulator has recorded it: what hears of it may leave the page. */
  recorded(said, then) {
    this.telling.push({said, then});
    if (this.recording) return;
    const recording = (this.recording = this.record());
    reports.add(recording);
    recording.then(() => reports.delete(recording));
  }

  /** What comes up while a request is on its way goes with the next one. */
  async record() {
    await null;
    while (this.telling.length) {
      const some = this.telling.splice(0);
      const told = some.map(({said}) => said).filter(Boolean);
      if (told.length) await Promise.race([this.instance.report(told), pause(RECORD_MS)]);
      for (const {then} of some) then();
    }
    this.recording = null;
  }

  /** What the emulator records of a callback; null for nothing. */
  of(setter, args) {
    if (setter === "setOnLoaderStart") return null;
    const {error} = setter === "setOnLoadError" ? args[0] : {};
    const {type, message} = error || {};
    return error ? this.happening("error", type, message) : this.happening("event", react(setter), JSON.stringify(args));
  }

  happening(kind, name, detail) {
    return {kind, component: this.name, name, detail};
  }

  tell(setter, args) {
    const listener = this.values.get(setter);
    if (typeof listener !== "function") return;
    try {
      listener(...args);
    } catch (thrown) {
      later(() => Promise.reject(thrown)); // the page's own error, told as one of the page
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

  /** An action of the session, not one that is on its way: of a double click the second does nothing. */
  async act(action, params = {}, key = null) {
    const what = JSON.stringify([action, params]);
    if (this.acting.has(what)) return false;
    this.acting.add(what);
    const done = await this.perform(action, params, key);
    this.acting.delete(what);
    return done;
  }

  /** What the server refuses is shown, in the form of `key` if there is one. */
  async perform(action, params, key) {
    const turn = this.turn;
    try {
      const {performed, view} = await this.instance.ask("act", {component: this.name, props: this.props(), action, params});
      if (turn !== this.turn) return true;
      this.said = performed ? null : {text: "Recorded. The emulator changes nothing for this action."};
      this.wrong = null;
      if (key) this.typed.delete(key);
      this.view = null;
      this.take(view);
      await this.instance.redraw();
      return true;
    } catch (error) {
      if (turn === this.turn) this.refuse(error, key);
      return false;
    }
  }

  refuse({message, param}, key) {
    const open = key && [...this.host.querySelectorAll("form")].some((found) => found.dataset.form === key);
    this.wrong = open ? {key, param, message} : null;
    this.said = open ? null : {text: message, bad: true};
    this.draw();
    const wrong = this.host.querySelector("[aria-invalid=true]");
    if (wrong) wrong.focus();
  }

  async save(section, values, more) {
    if (!Object.keys(values).length) return this.refuse({message: "Nothing was changed."}, section);
    if (await this.act("save", {section, values, ...more}, section)) this.say("Saved.");
  }

  say(text, bad = false) {
    this.said = {text, bad};
    this.draw();
  }

  async reveal() {
    const nonce = `nonce_${Math.random().toString(36).slice(2)}`;
    const issuingCard = this.values.get("setDefaultCard") || "ic_emulated";
    try {
      const key = await this.values.get("setFetchEphemeralKey")({issuingCard, nonce});
      const right = key && key.nonce === nonce && key.issuingCard === issuingCard && typeof key.ephemeralKeySecret === "string";
      const wrong = "fetchEphemeralKey must resolve to {issuingCard, nonce, ephemeralKeySecret}, with the card and nonce given.";
      this.say(right ? "4242 4242 4242 4242" : wrong, !right);
    } catch (error) {
      this.say(`fetchEphemeralKey failed: ${reason(error)}`, true);
    }
  }

  download(id, name) {
    this.recorded(this.happening("event", "download", id), () => {
      if (!URL.createObjectURL) return;
      const url = URL.createObjectURL(new Blob([`${name}\nMade by the Stripe emulator.\n`], {type: "text/plain"}));
      h("a", {href: url, download: `${id}.txt`}).click();
      timeout(() => URL.revokeObjectURL(url), 1000);
    });
  }
}

/** What tells a control from the others of its component, also after a redraw. */
const label = (node) => node.dataset.control || node.id || node.name || node.getAttribute("aria-label") || node.textContent;
const made = ({type, message}) => new LoadError(type, message || `Forced by a test: ${type}.`);

/** The parent of every element's prototype: it has each setter of each version of the packages. */
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
      components.get(this).settle();
    }

    disconnectedCallback() {
      components.get(this).settle();
    }

    setConnector(instance) {
      components.get(this).connect(instance);
    }
  };
  Object.setPrototypeOf(Element.prototype, setters);
  customElements.define(TAG + name, Element);
}
