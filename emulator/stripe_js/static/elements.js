// The Elements: a frame with the inputs; those of a card or a bank account never leave it. Others are refused by name.
const STATES = ["empty", "complete", "invalid", "focus"];
// Each type with the title of its frame, and what its event `change` has of the frame's.
const withEmail = ({empty, complete, value}) => ({empty, complete, value: {email: value.email}});
const BANK = {
  title: "Secure bank selection frame",
  height: "70px",
  change: ({empty, complete, error, value}) => ({empty, complete, error, value: value.bank}),
};
const TYPES = {
  card: {
    height: "1.2em",
    title: "Secure card payment input frame",
    change: ({brand, value, empty, complete, error}) => ({brand, value, empty, complete, error}),
  },
  payment: {
    title: "Secure payment input frame",
    height: "260px",
    change: ({empty, complete}) => ({collapsed: false, value: {type: "card"}, empty, complete}),
  },
  address: {
    title: "Secure address input frame",
    height: "520px",
    change: ({empty, complete, value}, {mode}) => ({elementMode: mode, isNewAddress: true, empty, complete, value: addressOf(value)}),
  },
  linkAuthentication: {title: "Secure email input frame", height: "70px", change: withEmail},
  contactDetails: {title: "Secure email input frame", height: "70px", change: withEmail},
  iban: {
    title: "Secure IBAN input frame",
    height: "70px",
    change: ({empty, complete, error, value}) => ({empty, complete, error, bankName: "", country: value.iban.slice(0, 2)}),
  },
  auBankAccount: {
    title: "Secure bank account input frame",
    height: "140px",
    change: ({empty, complete, error}) => ({empty, complete, error}),
  },
  ...Object.fromEntries(["idealBank", "p24Bank", "epsBank", "fpxBank"].map((name) => [name, BANK])),
  expressCheckout: {title: "Secure express checkout frame", height: "0"},
};
let serial = 0;

/** The value of an address Element, from its inputs. */
function addressOf({name, phone, line2, ...address}) {
  return {name, address: {...address, line2: line2 || null}, ...(phone && {phone})};
}

class StripeElement {
  constructor(type, group, options) {
    this.type = type;
    this.group = group;
    this.options = options;
    this.listeners = new Map();
    this.waiting = new Map();
    this.undelivered = new Set();
    this.state = {empty: true, complete: false, invalid: false, focus: false};
    this.next = 0;
  }

  // --- the page's calls ---

  mount(target) {
    this.check();
    const parent = typeof target === "string" ? document.querySelector(target) : target;
    if (!target) throw new IntegrationError("Missing argument. Make sure to call mount() with a valid DOM element or selector.");
    if (!parent) {
      throw new IntegrationError(
        `The selector you specified (${target}) applies to no DOM elements that are currently on the page.\n` +
          "Make sure the element exists on the page before calling mount().",
      );
    }
    if (typeof parent.appendChild !== "function") {
      throw new IntegrationError("Invalid DOM element. Make sure to call mount() with a valid DOM element or selector.");
    }
    if (this.parent === parent) return;
    if (this.parent) {
      throw new IntegrationError("This Element is already mounted. Use `unmount()` to unmount the Element before re-mounting.");
    }
    this.parent = parent;
    this.open();
  }

  unmount() {
    this.check();
    this.close();
  }

  destroy() {
    this.check();
    this.close();
    this.destroyed = true;
    this.group.elements.delete(this.type);
  }

  update(options) {
    this.check();
    Object.assign(this.options, options);
    this.command("update", {data: this.frameOptions()});
    return this;
  }

  focus() {
    return this.command("focus");
  }

  blur() {
    return this.command("blur");
  }

  clear() {
    return this.command("clear");
  }

  on(event, listener) {
    if (!this.listeners.has(event)) this.listeners.set(event, new Set());
    this.listeners.get(event).add(listener);
    if (this.undelivered.delete(event)) queueTask(() => this.emit(event));
    return this;
  }

  once(event, listener) {
    const once = (value) => {
      this.off(event, once);
      listener(value);
    };
    return this.on(event, once);
  }

  off(event, listener) {
    if (listener) this.listeners.get(event)?.delete(listener);
    else this.listeners.delete(event);
    return this;
  }

  /** The value of an address Element. */
  async getValue() {
    this.check();
    const {complete = false, isNewAddress = true, value = {}} = this.last || {};
    return {complete, isNewAddress, value};
  }

  addEventListener(event, listener) {
    return this.on(event, listener);
  }

  removeEventListener(event, listener) {
    return this.off(event, listener);
  }

  // --- the frame ---

  check() {
    if (this.destroyed) throw new IntegrationError("This Element has already been destroyed. Please create a new one.");
  }

  frameOptions() {
    const {hidePostalCode = false, disabled, defaultValues} = this.options;
    return {hidePostalCode, disabled, defaultValues: defaultValues && JSON.parse(JSON.stringify(defaultValues))};
  }

  open() {
    if (!scriptOrigin) throw notEmulated("Elements where the script has no address of its own, as in an init script or jsdom");
    const frame = (this.frame = document.createElement("iframe"));
    frame.name = `__privateStripeFrame${++serial}`;
    frame.title = TYPES[this.type].title;
    frame.src = scriptOrigin + CONFIG.frames[this.type];
    frame.setAttribute("allow", "payment *");
    frame.setAttribute("role", "presentation");
    for (const [name, value] of Object.entries({border: "none", width: "1px", minWidth: "100%", height: TYPES[this.type].height})) {
      frame.style[name] = value;
    }
    const box = document.createElement("div");
    box.className = "__PrivateStripeElement";
    box.append(frame);
    let opened;
    this.opened = new Promise((done) => (opened = done));
    this.onMessage = (event) => {
      if (event.source !== frame.contentWindow || event.data !== GREETING) return;
      event.stopImmediatePropagation(); // other listeners of the page do not expect this message
      const {port1, port2} = new MessageChannel();
      this.port = port1;
      port1.onmessage = ({data}) => this.receive(data);
      frame.contentWindow.postMessage(GREETING, "*", [port2]);
      this.command("update", {data: this.frameOptions()});
      opened();
    };
    window.addEventListener("message", this.onMessage, true);
    this.parent.replaceChildren(box);
    this.drawState();
  }

  close() {
    if (!this.parent) return;
    window.removeEventListener("message", this.onMessage, true);
    this.parent.replaceChildren();
    for (const name of ["", ...STATES]) this.parent.classList.remove(this.className(name));
    this.parent = this.frame = this.port = null;
    this.state = {empty: true, complete: false, invalid: false, focus: false};
  }

  command(command, more = {}) {
    this.check();
    if (this.port) this.port.postMessage({command, ...more});
    return this;
  }

  receive({event, data, id, ...response}) {
    if (event === undefined) {
      this.waiting.get(id)(response);
      this.waiting.delete(id);
      return;
    }
    if (event === "change") Object.assign(this.state, {empty: data.empty, complete: data.complete, invalid: Boolean(data.error)});
    if (event === "focus" || event === "blur") this.state.focus = event === "focus";
    this.drawState();
    if (event === "change") this.last = TYPES[this.type].change(data, this.options);
    this.emit(event, event === "change" ? this.last : data);
  }

  className(state) {
    const own = (this.options.classes || {})[state || "base"];
    return own || (state ? `StripeElement--${state}` : "StripeElement");
  }

  drawState() {
    if (!this.parent) return;
    this.parent.classList.add(this.className(""));
    for (const name of STATES) this.parent.classList.toggle(this.className(name), this.state[name]);
  }

  emit(event, data = {}) {
    if (this.destroyed) return;
    const listeners = [...(this.listeners.get(event) || [])];
    if (!listeners.length && event === "ready") this.undelivered.add(event); // React listens after it has mounted
    for (const listener of listeners) {
      try {
        listener({elementType: this.type, ...data});
      } catch (thrown) {
        queueTask(() => Promise.reject(thrown)); // an error of the page is reported as such
      }
    }
  }

  /** The frame's response to a command, which creates something of the card, or checks it. */
  async asked(command, more = {}) {
    if (this.frame && this.frame.isConnected) await this.opened;
    if (this.destroyed || !this.port || !this.frame.isConnected) {
      throw new IntegrationError(
        "We could not retrieve data from the specified Element.\n" +
          "Please make sure the Element you are attempting to use is still mounted.",
      );
    }
    const id = this.next++;
    return new Promise((done) => {
      this.waiting.set(id, done);
      this.port.postMessage({command, id, ...more});
    });
  }

  /** A token or a payment method of the card, created by the frame. */
  async create(path, settings, parameters) {
    const pairs = encode(parameters);
    const response = await this.asked("create", {path, headers: headersOf(settings), pairs});
    return response.invalid ? {error: response.invalid} : resultOf(response, path === "tokens" ? "token" : "paymentMethod");
  }
}

/** A hash without its empty values, which the API takes for the removal of a parameter. */
const entered = (value) =>
  Object.fromEntries(Object.entries(value).filter(([, each]) => each).map(([name, each]) => [name, typeof each === "object" ? entered(each) : each]));

/** The parameters of a confirmation that the other Elements of a group have: the address and the email. */
function enteredIn(elements) {
  const {address, linkAuthentication, contactDetails} = Object.fromEntries(elements.__elements);
  const {value: {email} = {}} = (linkAuthentication || contactDetails || {}).last || {};
  const {value: place, elementMode: mode} = (address || {}).last || {};
  return {
    billing_details: entered({...(mode === "billing" && place), email}),
    shipping: mode === "shipping" ? entered(place) : undefined,
  };
}

/** A group of Elements, which has at most one of each type. */
function elementsFor(options = {}) {
  const secret = options.clientSecret;
  if (secret !== undefined && !SECRET.test(String(secret))) {
    throw new IntegrationError(
      `Invalid value for elements(): clientSecret should be a client secret of the form \${id}_secret_\${secret}. You specified: ${secret}.`,
    );
  }
  const elements = new Map();
  const payment = () => elements.get("payment");
  return {
    __elements: elements,
    __options: options,
    create(type, own = {}) {
      if (!TYPES[type]) throw notEmulated(`the ${type} Element`);
      if (elements.has(type)) throw new IntegrationError(`Can only create one Element of type ${type}.`);
      const element = new StripeElement(type, {elements}, {...own});
      elements.set(type, element);
      return element;
    },
    getElement: (type) => elements.get((type && type.__elementType) || type) || null,
    update(changed) {
      Object.assign(options, changed);
      return Promise.resolve();
    },
    async submit() {
      if (!payment()) throw notEmulated("elements.submit() without a payment Element");
      for (const element of elements.values()) {
        const {invalid} = await element.asked("check");
        if (invalid) return {error: invalid};
      }
      return {selectedPaymentMethod: "card"};
    },
    fetchUpdates() {
      if (secret) return Promise.resolve({});
      return Promise.reject(
        new IntegrationError(
          "In order to call fetchUpdates, you must pass a valid PaymentIntent or SetupIntent client secret when creating the Elements group.",
        ),
      );
    },
  };
}
