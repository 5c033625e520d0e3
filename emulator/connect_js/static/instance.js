// The instance that init returns: one session, claimed once and shared by all its elements.
const POLL_MS = 1000;
const pendingReports = new Set(); // events that are being reported and dispatched
const sheet = makeSheet();

function makeSheet() {
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(CONFIG.css);
    return sheet;
  } catch {
    return null; // jsdom has no constructable style sheets
  }
}

/** The message of a thrown value. */
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
    // A rejection is reported by onLoadError; until then it counts as handled.
    if (this.eager) Promise.resolve(this.eager.secret).catch(() => {});
    if (String(own.publishableKey).startsWith("pk_live_") && !CONFIG.live) {
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
    this.pollIn((claim.expires_at - claim.created) * 1000);
  }

  /** The package has already called fetchClientSecret for the first secret; later ones are fetched here. */
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
    const session = secret && secret.client_secret ? "an object: pass on its client_secret" : null;
    const got = session || (secret === null ? "null" : secret === "" ? "an empty string" : typeof secret);
    throw new LoadError(
      "account_session_create_error",
      `fetchClientSecret must resolve to a client secret, and resolved to ${got}.`,
    );
  }

  /** A request with the session's token. A session that has ended is refreshed, once. */
  async request(path, body) {
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

  /** Replace a token that has ended by claiming a new secret; all callers share one refresh. */
  async refresh(token) {
    if (token !== this.token) return this.ready();
    if (this.refreshing) return this.refreshing;
    this.refreshing = this.claiming = this.claim();
    try {
      await this.refreshing;
    } catch (error) {
      this.failed = true;
      for (const component of this.components) component.fail(error);
      throw error;
    } finally {
      this.refreshing = null;
    }
    for (const component of this.components) component.refreshed();
  }

  pollIn(ms) {
    if (this.pollScheduled) return;
    this.pollScheduled = true;
    nativeTimeout(() => {
      this.pollScheduled = false;
      this.poll();
    }, Math.min(Math.max(ms, 50), POLL_MS));
  }

  /** Check whether the session is alive by the sandbox's clock, and redraw if the account has changed. */
  async poll() {
    if (pageReplaced() || this.loggedOut || this.failed || !this.components.size) return;
    const token = this.token;
    try {
      const {now, expires_at: end, revision} = await call("poll", {session_token: token});
      if (this.revision !== revision) {
        this.revision = revision;
        await this.redraw();
      }
      this.pollIn((end - now) * 1000);
    } catch (error) {
      if (error.code !== "session_ended") return this.pollIn(POLL_MS);
      await this.refresh(token).catch(() => {}); // refresh() reports the error to every element
    }
  }

  /** The content of a component. The first response sets the known revision of the account. */
  async view(component, more = {}) {
    const {revision, ...view} = await this.request("view", {component: component.name, props: component.props(), ...more});
    this.revision ??= revision;
    return view;
  }

  async redraw() {
    await Promise.all([...this.components].map((component) => component.reload()));
  }

  add(component) {
    this.components.add(component);
    if (this.token) this.pollIn(POLL_MS);
  }

  remove(component) {
    this.components.delete(component);
  }

  /** The load error that a test forces on a component, null if there is none. */
  async forcedError(component) {
    const who = {publishable_key: this.params.publishableKey, component};
    let response = await call("mount", {...who, client_secret: this.secret, session_token: this.token});
    if (response.retry_with_session) {
      await this.ready().catch(() => {});
      response = await call("mount", {...who, client_secret: this.secret, session_token: this.token});
    }
    return response.forced;
  }

  /** Log events at the emulator: kinds, names and details, oldest first. */
  report(events) {
    const who = {publishable_key: this.params.publishableKey, client_secret: this.secret, session_token: this.token};
    return call("report", {...who, events}).catch(() => {});
  }

  update(options) {
    if (!options) return;
    if (options.appearance) this.appearance = {...this.appearance, ...options.appearance};
    if (options.locale) this.params.locale = options.locale;
    if (options.displayOptions) this.params.displayOptions = options.displayOptions;
    for (const component of this.components) component.applyAppearance();
  }

  async logout() {
    if (this.loggedOut) return;
    this.loggedOut = true;
    const token = this.token;
    this.token = null;
    for (const component of this.components) component.clear("logged-out");
    if (token) await call("logout", {session_token: token}).catch(() => {});
  }
}

/** The page's handle of an instance. The packages pass `connect` on to the elements. */
function instanceFor(params) {
  page = globalThis.document;
  const instance = new Instance(params);
  const handle = {
    connect: instance,
    update: (options) => instance.update(options),
    logout: () => instance.logout(),
    debugInstance: () => Promise.resolve(handle),
    create: (name) => {
      const element = document.createElement(CONFIG.elements[name] ? TAG + name : name);
      if (typeof element.setConnector === "function") element.setConnector(instance);
      return element;
    },
  };
  return handle;
}
