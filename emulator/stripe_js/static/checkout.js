// Checkout: the page of a session, by leaving this page for it, or in a frame of this page.
const SESSION = /^(cs_[A-Za-z0-9_]+?)_secret_.+$/;
const NO_LONGER =
  "stripe.redirectToCheckout is no longer supported in this version of Stripe.js. See the changelog for more details: https://docs.stripe.com/changelog/clover/2025-09-30/remove-redirect-to-checkout.";
const OLD_RELEASES = [3, "acacia", "basil"];
let embedded = null; // the one embedded checkout page of this page

/** Leave for the page of a session. Throws where the release of the script no longer has the function. */
function redirectToCheckout(settings, given = {}) {
  if (!OLD_RELEASES.includes(CONFIG.version)) throw new IntegrationError(NO_LONGER);
  return leaveFor(settings, given);
}

async function leaveFor(settings, {sessionId, lineItems, items}) {
  if (lineItems || items) throw notEmulated("stripe.redirectToCheckout() without a session");
  if (sessionId === undefined) {
    throw new IntegrationError("stripe.redirectToCheckout: You must provide one of lineItems, items, or sessionId.");
  }
  if (typeof sessionId !== "string" || !sessionId.startsWith("cs_")) {
    throw new IntegrationError(`stripe.redirectToCheckout: Invalid value for sessionId. You specified '${sessionId}'.`);
  }
  const {error, page: found} = await request(settings, "POST", `payment_pages/${sessionId}/init`, {}, "page");
  if (error) return {error};
  window.location.assign(found.url || `${CONFIG.origin}/c/pay/${sessionId}`);
  return forever();
}

/** The page of a session in a frame. */
class EmbeddedCheckout {
  constructor(session, options) {
    this.session = session;
    this.options = options;
    this.frame = null;
    this.onMessage = (event) => {
      if (this.frame && event.source === this.frame.contentWindow && event.data === "stripe-emulator-checkout") this.done();
    };
  }

  mount(target) {
    const place = typeof target === "string" ? document.querySelector(target) : target;
    if (this.destroyed) throw new IntegrationError("This Embedded Checkout has already been destroyed.");
    if (!place) throw new IntegrationError(`The selector you specified (${target}) applies to no DOM elements that are currently on the page.`);
    this.unmount();
    const frame = document.createElement("iframe");
    frame.name = "embedded-checkout";
    frame.title = "Secure payment input frame";
    frame.allow = "payment *";
    frame.src = `${scriptOrigin || CONFIG.origin}/c/embedded-checkout-inner/${this.session.session_id}`;
    Object.assign(frame.style, {border: "0", width: "100%", minHeight: "60rem", colorScheme: "none"});
    window.addEventListener("message", this.onMessage);
    place.append(frame);
    this.frame = frame;
  }

  unmount() {
    window.removeEventListener("message", this.onMessage);
    this.frame?.remove();
    this.frame = null;
  }

  destroy() {
    this.unmount();
    this.destroyed = true;
    if (embedded === this) embedded = null;
  }

  /** The session is complete: the page is left, unless the session says that it stays. */
  done() {
    const {redirect_on_completion: redirect, return_url: url, session_id: id} = this.session;
    if (redirect !== "always") return void this.options.onComplete?.();
    window.location.assign(url.replaceAll("{CHECKOUT_SESSION_ID}", id));
  }
}

async function createEmbeddedCheckoutPage(settings, options = {}) {
  if (embedded) throw new IntegrationError("You cannot have multiple Embedded Checkout objects.");
  embedded = true; // while the secret is fetched
  try {
    const secret = options.clientSecret ?? (await options.fetchClientSecret?.());
    const match = SESSION.exec(String(secret));
    if (!match) throw new IntegrationError("You must provide one of fetchClientSecret or clientSecret, of a Checkout Session.");
    const {error, page: found} = await request(settings, "POST", `payment_pages/${match[1]}/init`, {}, "page");
    if (error) throw new IntegrationError(error.message);
    embedded = new EmbeddedCheckout(found, options);
    return embedded;
  } finally {
    if (embedded === true) embedded = null;
  }
}

/** The functions of an instance that have to do with Checkout. */
function checkoutFunctions(settings) {
  return {
    createEmbeddedCheckoutPage: (options) => createEmbeddedCheckoutPage(settings, options),
    initEmbeddedCheckout: (options) => createEmbeddedCheckoutPage(settings, options),
    initCheckoutElementsSdk: (options) => initCheckoutElementsSdk(settings, options),
    redirectToCheckout: (given) => redirectToCheckout(settings, given),
  };
}
