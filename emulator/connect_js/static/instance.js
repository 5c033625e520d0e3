// What init returns: one session, claimed once and shared by all elements of the instance.
const PULSE_MS = 1000;
const reports = new Set(); // what is being recorded and told
const sheet = makeSheet();

function makeSheet() {
  try {
    const made = new CSSStyleSheet();
    made.replaceSync(FACTS.css);
    return made;
  } catch {
    return null; // no constructable style sheets here: jsdom
  }
}

/** What was thrown, in words. */
const reason = (thrown) => (thrown && thrown.message) || (Object(thrown) === thrown ? JSON.stringify(plain(thrown)) : String(thrown));

class Instance {
  constructor(params) {
    const {metaOptions = {}, ...own} = params || {};
    this.params = own;
    this.appearance = own.appearance || {};
    this.components = new Set();
    this.claiming = null;
    this.token = null;
    this.secret = null;
    this.loggedOut = false;
    this.eager = "eagerClientSecretPromise" in metaOptions ? {secret: metaOptions.eagerClientSecretPromise} : null;
    // A rejection is told through onLoadError; until then nobody else may be listening.
    if (this.eager) Promise.resolve(this.eager.secret).catch(() => {});
    if (String(own.publishableKey).startsWith("pk_live_") && !FACTS.live) {
      this.refused = new LoadError(
        "authentication_error",
        "This is a live publishable key, and the Stripe emulator refuses live keys. Use a pk_test_ key.",
        "live_keys_refused",
      );
      console.error(this.refused.message);
    }
  }

  /** Resolves once the session is claimed; all callers share one claim. Throws a LoadError. */
  ready() {
    if (!this.claiming) this.claiming = this.claim();
    return this.claiming;
  }

  async claim() {
    if (this.refused) throw this.refused;
    const secret = await this.fetchSecret();
    this.secret = secret;
    const claim = await call("claim", {client_secret: secret, publishable_key: this.params.publishableKey});
    if (this.loggedOut) return void call("logout", {session_token: claim.session_token}).catch(() => {});
    this.token = claim.session_token;
    this.account = claim.account;
    this.pulseIn((claim.expires_at - claim.created) * 1000);
  }

  /** The package has called fetchClientSecret already for the first secret; for each later one it is called here. */
  async fetchSecret() {
    const eager = this.eager;
    this.eager = null;
    let secret;
    try {
      secret = await (eager ? eager.secret : this.params.fetchClientSecret());
    } catch (error) {
      throw new LoadError("account_session_create_error", `fetchClientSecret failed: ${reason(error)}`);
    }
    if (typeof secret === "string" && secret) return secret;
    const whole = secret && secret.client_secret ? "an object: pass on its client_secret" : null;
    const got = whole || (secret === null ? "null" : secret === "" ? "an empty string" : typeof secret);
    throw new LoadError(
      "account_session_create_error",
      `fetchClientSecret must resolve to a client secret, and resolved to ${got}.`,
    );
  }

  /** A call in the session's name. A session that has ended is refreshed, once. */
  async ask(path, body) {
    await this.ready();
    const token = this.token;
    try {
      return await call(path, {...body, session_token: token});
    } catch (error) {
      if (error.code !== "session_ended" || this.loggedOut) throw error;
      await this.refresh(token);
      return call(path, {...body, session_token: this.token});
    }
  }

  /** Claims a new secret in the place of a token that has ended; all callers share one refresh. */
  async refresh(token) {
    if (token !== this.token) return this.ready();
    if (this.refreshing) return this.refreshing;
    this.refreshing = this.claiming = this.claim();
    try {
      await this.refreshing;
    } catch (error) {
      this.over = true;
      for (const component of this.components) component.fail(error);
      throw error;
    } finally {
      this.refreshing = null;
    }
    for (const component of this.components) component.refreshed();
  }

  pulseIn(ms) {
    if (this.pulsing) return;
    this.pulsing = true;
    timeout(() => {
      this.pulsing = false;
      this.pulse();
    }, Math.min(Math.max(ms, 50), PULSE_MS));
  }

  /** Asks whether the session lives by the sandbox's clock, and redraws what the account's change has changed. */
  async pulse() {
    if (gone() || this.loggedOut || this.over || !this.components.size) return;
    const token = this.token;
    try {
      const {now, expires_at: end, revision} = await call("pulse", {session_token: token});
      if (this.revision !== revision) {
        this.revision = revision;
        await this.redraw();
      }
      this.pulseIn((end - now) * 1000);
    } catch (error) {
      if (error.code !== "session_ended") return this.pulseIn(PULSE_MS);
      await this.refresh(token).catch(() => {}); // told to every element
    }
  }

  /** What a component shows. The first answer says which state of the account is known from here on. */
  async look(component, more = {}) {
    const {revision, ...view} = await this.ask("view", {component: component.name, props: component.props(), ...more});
    this.revision ??= revision;
    return view;
  }

  async redraw() {
    await Promise.all([...this.components].map((component) => component.look()));
  }

  join(component) {
    this.components.add(component);
    if (this.token) this.pulseIn(PULSE_MS);
  }

  leave(component) {
    this.components.delete(component);
  }

  async plan(component) {
    const who = {publishable_key: this.params.publishableKey, component};
    let plan = await call("mount", {...who, client_secret: this.secret, session_token: this.token});
    if (plan.ask_again) {
      await this.ready().catch(() => {});
      plan = await call("mount", {...who, client_secret: this.secret, session_token: this.token});
    }
    return plan.forced;
  }

  /** Records what a component told: kinds, names and details, oldest first. */
  report(told) {
    const who = {publishable_key: this.params.publishableKey, client_secret: this.secret, session_token: this.token};
    return call("report", {...who, told}).catch(() => {});
  }

  update(options) {
    if (!options) return;
    if (options.appearance) this.appearance = {...this.appearance, ...options.appearance};
    if (options.locale) this.params.locale = options.locale;
    if (options.displayOptions) this.params.displayOptions = options.displayOptions;
    for (const component of this.components) component.dress();
  }

  async logout() {
    if (this.loggedOut) return;
    this.loggedOut = true;
    const token = this.token;
    this.token = null;
    for (const component of this.components) component.bare("logged-out");
    if (token) await call("logout", {session_token: token}).catch(() => {});
  }
}

/** What the page holds of an instance. `connect` goes to the elements, as the packages hand it on. */
function instanceFor(params) {
  page = globalThis.document;
  const instance = new Instance(params);
  const held = {
    connect: instance,
    update: (options) => instance.update(options),
    logout: () => instance.logout(),
    debugInstance: () => Promise.resolve(held),
    create: (name) => {
      const element = document.createElement(FACTS.elements[name] ? TAG + name : name);
      if (typeof element.setConnector === "function") element.setConnector(instance);
      return element;
    },
  };
  return held;
}
