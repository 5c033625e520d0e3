// The global Stripe, set while the script runs: the loader looks for it as soon as the script has loaded.
const KINDS = ["account", "person", "bank_account"];

/** The settings of an instance. Throws an IntegrationError for a wrong key. */
function settingsFor(key, {stripeAccount: account, apiVersion: version} = {}) {
  if (typeof key !== "string") {
    throw new IntegrationError(`Invalid value for Stripe(): apiKey should be a string. You specified: ${key}.`);
  }
  if (!key) throw new IntegrationError("Please call Stripe() with your publishable key. You used an empty string.");
  if (/^[sr]k_/.test(key)) {
    throw new IntegrationError("You should not use your secret key with Stripe.js. Please pass a publishable key instead.");
  }
  if (key.startsWith("pk_live_") && !CONFIG.live) {
    throw new IntegrationError("This is a live publishable key, and the Stripe emulator refuses live keys. Use a pk_test_ key.");
  }
  return {key, account, version};
}

function Stripe(key, options) {
  page = globalThis.document;
  const settings = settingsFor(key, options);
  if (location.protocol === "http:" && !key.startsWith("pk_live_")) {
    console.warn("You may test your Stripe.js integration over HTTP. However, live Stripe.js integrations must use HTTPS.");
  }
  const refusals = CONFIG.refused.map((name) => {
    const error = () => notEmulated(`stripe.${name}()`);
    const refuse = () => {
      throw error();
    };
    return [name, CONFIG.synchronous.includes(name) ? refuse : () => Promise.reject(error())];
  });
  const intents = intentFunctions(settings);
  return {
    ...Object.fromEntries(refusals),
    ...intents,
    ...methodFunctions(settings, intents),
    ...checkoutFunctions(settings),
    elements: (given) => elementsFor(given),
    async createToken(what, data = {}) {
      if (what instanceof StripeElement) return what.create("tokens", settings, {card: data});
      if (KINDS.includes(what)) return createToken(settings, {[what]: data});
      if (what === "pii" || what === "cvc_update") throw notEmulated(`stripe.createToken("${what}")`);
      throw new IntegrationError("You must provide a Stripe Element or a valid token type to create a Token.");
    },
    registerAppInfo() {},
    _registerWrapper() {},
  };
}

if (window.Stripe) {
  console.warn("It looks like Stripe.js was loaded more than one time. Please only load it once per page.");
} else {
  Stripe.version = CONFIG.version;
  Stripe.emulated = true;
  window.Stripe = Stripe;
  console.info(`Stripe.js is emulated, by ${CONFIG.origin}. This is not Stripe.`);
}
