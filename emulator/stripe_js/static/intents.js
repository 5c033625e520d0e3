// Payments and set-ups: intents are confirmed by their client secrets, and cards authenticated in a frame over the page.
const SECRET = /^((pi|seti)_[A-Za-z0-9]+)_secret_.+$/;
const KINDS_OF_INTENTS = {
  pi: {path: "payment_intents", object: "payment_intent", result: "paymentIntent"},
  seti: {path: "setup_intents", object: "setup_intent", result: "setupIntent"},
};
const NOT_AUTHENTICATED =
  "We are unable to authenticate your payment method. Please choose a different payment method and try again.";
const REDIRECTED = {processing: "pending", requires_capture: "succeeded", requires_confirmation: "succeeded", succeeded: "succeeded"};
const forever = () => new Promise(() => {}); // the page is being left

/** The intent of a client secret. Throws an IntegrationError. */
function intentOf(secret, method) {
  const match = SECRET.exec(String(secret));
  if (match) return {id: match[1], secret, ...KINDS_OF_INTENTS[match[2]]};
  throw new IntegrationError(
    `Invalid value for stripe.${method} intent secret: value should be a client secret of the form \${id}_secret_\${secret}. You specified: ${secret}.`,
  );
}

const retrieve = (settings, intent) =>
  request(settings, "GET", `${intent.path}/${intent.id}`, {client_secret: intent.secret}, intent.result);

const confirmed = (settings, intent, parameters) =>
  request(
    settings,
    "POST",
    `${intent.path}/${intent.id}/confirm`,
    {client_secret: intent.secret, use_stripe_sdk: true, ...parameters},
    intent.result,
  );

/** Where a customer authenticates a card: the path of the page; null for an action elsewhere. */
function challengePath(settings, intent, action) {
  if (action.type === "use_stripe_sdk") {
    const query = new URLSearchParams({
      merchant: action.use_stripe_sdk.merchant,
      [intent.object]: intent.id,
      [`${intent.object}_client_secret`]: intent.secret,
      publishable_key: settings.key,
      source: action.use_stripe_sdk.three_d_secure_2_source,
    });
    return `/3d_secure_2/hosted?${query}`;
  }
  if (!action.redirect_to_url) return null;
  const {pathname, search} = new URL(action.redirect_to_url.url);
  return pathname.startsWith("/3d_secure_2/") ? pathname + search : null;
}

/** Show the page of a challenge over the page, until the customer is done. */
function challenge(path) {
  const origin = scriptOrigin || CONFIG.origin;
  const box = document.createElement("div");
  const frame = document.createElement("iframe");
  frame.name = `__privateStripeFrame${++serial}`;
  frame.title = "3D Secure";
  frame.src = `${origin}${CONFIG.challenge}#${encodeURIComponent(path)}`;
  const cover = {position: "fixed", inset: "0", zIndex: "2147483647", background: "rgba(0, 0, 0, .5)", display: "grid"};
  Object.assign(box.style, {...cover, placeItems: "center"});
  Object.assign(frame.style, {width: "min(600px, 95vw)", height: "min(500px, 95vh)", border: "0", background: "#fff"});
  box.append(frame);
  return new Promise((done) => {
    const onMessage = (event) => {
      if (event.source !== frame.contentWindow || event.data !== "stripe-emulator-challenge") return;
      event.stopImmediatePropagation();
      window.removeEventListener("message", onMessage, true);
      box.remove();
      done();
    };
    window.addEventListener("message", onMessage, true);
    document.body.prepend(box);
  });
}

/** The result once the customer has done what the intent waits for. */
async function handled(settings, intent, result) {
  const found = result[intent.result];
  if (!found || found.status !== "requires_action") return result;
  const path = challengePath(settings, intent, found.next_action);
  if (path === null) {
    const page = found.next_action.redirect_to_url;
    if (!page) return result; // the customer acts later, as with small deposits and bank transfers
    window.location.assign(page.url);
    return forever();
  }
  await challenge(path);
  const after = await retrieve(settings, intent);
  const body = after[intent.result];
  if (!body || body.status !== "requires_payment_method") return after;
  const failure = body.last_payment_error || body.last_setup_error || {};
  const authentication = failure.code === `${intent.object}_authentication_failure`;
  const error = authentication ? {type: "invalid_request_error", code: failure.code, message: NOT_AUTHENTICATED} : failure;
  return {error: {...error, [intent.object]: body}};
}

/** The parameters of a payment method that a page describes, or {error}. An Element makes one in its frame. */
async function methodParameters(settings, given) {
  if (given === undefined || typeof given === "string") return {payment_method: given};
  const {card, ...more} = given;
  if (!(card instanceof StripeElement)) return {payment_method_data: {type: "card", ...given}};
  const {error, paymentMethod} = await card.create("payment_methods", settings, more);
  return error ? {error} : {payment_method: paymentMethod.id};
}

/** confirmCardPayment and confirmCardSetup: the page stays, whatever the customer has to do. */
async function confirmCard(settings, method, secret, data = {}, {handleActions = true} = {}) {
  const intent = intentOf(secret, method);
  const {payment_method: given, ...more} = data;
  if (given === undefined) {
    const before = await retrieve(settings, intent);
    const found = before[intent.result];
    if (before.error || found.status === "requires_action") return handleActions ? handled(settings, intent, before) : before;
  }
  const {error, ...named} = await methodParameters(settings, given);
  if (error) return {error};
  const result = await confirmed(settings, intent, {...more, ...named});
  return handleActions ? handled(settings, intent, result) : result;
}

/** confirmPayment and confirmSetup: the page is left for return_url, unless `redirect` says that it is not needed. */
async function confirmAny(settings, method, {elements, clientSecret, confirmParams = {}, redirect = "always"} = {}) {
  const element = mountedElement(elements, method);
  const secret = clientSecret || (elements && elements.__options.clientSecret);
  if (!secret) throw new IntegrationError(`You must pass in a clientSecret when calling stripe.${method}().`);
  const intent = intentOf(secret, method);
  if (redirect === "always" && !confirmParams.return_url) {
    throw new IntegrationError(`You must pass in confirmParams.return_url when calling stripe.${method}().`);
  }
  const {payment_method_data: described = {}, ...more} = confirmParams;
  const {billing_details: entered, shipping} = element ? enteredIn(elements) : {};
  const details = {...described, billing_details: {...entered, ...described.billing_details}};
  const given = element ? {...details, card: element} : confirmParams.payment_method || {...described};
  const {error, ...named} = await methodParameters(settings, given);
  if (error) return {error};
  const sent = {...(shipping && {shipping}), ...more, ...named};
  const result = await handled(settings, intent, await confirmed(settings, intent, sent));
  if (result.error || redirect !== "always") return result;
  return leave(confirmParams.return_url, intent, result[intent.result].status);
}

/** The payment Element of a group; undefined without a group. Throws an IntegrationError. */
function mountedElement(elements, method) {
  if (elements === undefined) return undefined;
  const wrong = `Invalid value for stripe.${method}(): elements should`;
  if (!elements || !elements.__elements) {
    throw new IntegrationError(`${wrong} be an Elements group. You specified: ${typeof elements}.`);
  }
  const element = elements.__elements.get("payment");
  if (element && element.parent) return element;
  const others = elements.__elements.size ? " It looks like you have other Elements on the page." : "";
  throw new IntegrationError(`${wrong} have a mounted Payment Element or Express Checkout Element.${others}`);
}

/** Go to return_url with Stripe's parameters. */
function leave(returnUrl, intent, status) {
  const url = new URL(returnUrl);
  url.searchParams.set(intent.object, intent.id);
  url.searchParams.set(`${intent.object}_client_secret`, intent.secret);
  url.searchParams.set("redirect_status", REDIRECTED[status] || "failed");
  window.location.assign(url);
  return forever();
}

async function createPaymentMethod(settings, first, card, data = {}) {
  const given = typeof first === "string" ? {type: first, card, ...data} : first;
  const element = given.elements ? mountedElement(given.elements, "createPaymentMethod") : given.element || given[given.type];
  if (element instanceof StripeElement) {
    const {type, [type]: _, elements, element: __, params = {}, ...more} = given;
    return element.create("payment_methods", settings, {...params, ...more});
  }
  return request(settings, "POST", "payment_methods", given, "paymentMethod");
}

/** A function of which only one call runs at a time. */
function exclusive(name, running, act) {
  return async (...given) => {
    if (running.has(name)) {
      throw new IntegrationError(
        `You have an in-flight ${name}! Please be sure to disable your form submit button when ${name} is called.`,
      );
    }
    running.add(name);
    try {
      return await act(...given);
    } finally {
      running.delete(name);
    }
  };
}

async function handleCardAction(settings, secret) {
  const intent = intentOf(secret, "handleCardAction");
  const before = await retrieve(settings, intent);
  if (before.error) return before;
  const {status, confirmation_method: method} = before[intent.result];
  if (status !== "requires_action") {
    throw new IntegrationError("handleCardAction: The PaymentIntent supplied is not in the requires_action state.");
  }
  if (method !== "manual") {
    throw new IntegrationError(
      "handleCardAction: The PaymentIntent supplied does not require manual server-side confirmation. Please use confirmCardPayment instead to complete the payment.",
    );
  }
  return handled(settings, intent, before);
}

async function handleNextAction(settings, {clientSecret} = {}) {
  const intent = intentOf(clientSecret, "handleNextAction");
  return handled(settings, intent, await retrieve(settings, intent));
}

/** The functions of an instance that have to do with intents. */
function intentFunctions(settings) {
  const running = new Set();
  const one = (name, act) => [name, exclusive(name, running, act)];
  return {
    ...Object.fromEntries([
      one("confirmCardPayment", (...given) => confirmCard(settings, "confirmCardPayment", ...given)),
      one("confirmCardSetup", (...given) => confirmCard(settings, "confirmCardSetup", ...given)),
      one("handleCardAction", (secret) => handleCardAction(settings, secret)),
      one("handleNextAction", (given) => handleNextAction(settings, given)),
    ]),
    confirmPayment: (given) => confirmAny(settings, "confirmPayment", given),
    confirmSetup: (given) => confirmAny(settings, "confirmSetup", given),
    createPaymentMethod: async (...given) => createPaymentMethod(settings, ...given),
    retrievePaymentIntent: async (secret) => retrieve(settings, intentOf(secret, "retrievePaymentIntent")),
    retrieveSetupIntent: async (secret) => retrieve(settings, intentOf(secret, "retrieveSetupIntent")),
  };
}
