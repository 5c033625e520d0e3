// Payment methods other than cards: a function for each type, such as confirmIdealPayment. One whose customer pays on a
// page of a bank or a wallet leaves for that page. What the emulator does not emulate of a type is an error of its API.
const UNDIVIDED = {GrabPay: "grabpay", PayNow: "paynow", PayPal: "paypal", PromptPay: "promptpay"};
const typeOf = (name) => UNDIVIDED[name] || name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toLowerCase();

// Types whose payments and set-ups need a mandate, and those whose set-ups do: the customer accepts it in the browser.
const DEBITS = ["acss_debit", "au_becs_debit", "bacs_debit", "sepa_debit", "us_bank_account"];
const SAVED_AS_DEBITS = ["amazon_pay", "bancontact", "cashapp", "ideal", "paypal", "sofort"];
// Stripe infers the address of the browser; here it is that of this machine.
const ACCEPTED = {customer_acceptance: {type: "online", online: {ip_address: "127.0.0.1", user_agent: navigator.userAgent}}};

/** `mandate_data` of a confirmation; undefined where the type needs no mandate. */
function mandateOf(intent, type) {
  const needed = DEBITS.includes(type) || (intent.object === "setup_intent" && SAVED_AS_DEBITS.includes(type));
  return needed ? ACCEPTED : undefined;
}

/** The parameters of a payment method of a type, which a page or an Element describes, or {error}. */
async function typedParameters(settings, type, given = {}) {
  if (typeof given === "string") return {payment_method: given};
  const {[type]: details, ...more} = given;
  if (!(details instanceof StripeElement)) return {payment_method_data: {type, ...given}};
  const {error, paymentMethod} = await details.create("payment_methods", settings, more);
  return error ? {error} : {payment_method: paymentMethod.id};
}

async function confirmTyped(settings, method, type, secret, data = {}, {handleActions = true} = {}) {
  const intent = intentOf(secret, method);
  const {payment_method: given, ...sent} = data;
  const more = {mandate_data: mandateOf(intent, type), ...sent};
  if (given === undefined) {
    const before = await retrieve(settings, intent);
    const {status, payment_method: attached} = before[intent.result] || {};
    if (before.error) return before;
    if (status === "requires_action") return handleActions ? handled(settings, intent, before) : before;
    if (attached) return finished(settings, intent, more, handleActions);
  }
  const {error, ...named} = await typedParameters(settings, type, given);
  return error ? {error} : finished(settings, intent, {...more, ...named}, handleActions);
}

async function finished(settings, intent, parameters, handleActions) {
  const result = await confirmed(settings, intent, parameters);
  return handleActions ? handled(settings, intent, result) : result;
}

/** The old forms of two functions: (secret, element, data) and (secret, data). */
function oldForm(confirm, slot) {
  return (secret, first = {}, second = {}) => {
    const element = first instanceof StripeElement;
    const {payment_method_data: described, ...more} = element ? second : first;
    const given = element ? {[slot]: first, ...described} : described;
    return confirm(secret, given ? {...more, payment_method: given} : more);
  };
}

/** The wallets of a browser: here it has none, which a page must expect. */
function paymentRequest({country, currency, total} = {}) {
  if (!country || !currency || !total) {
    throw new IntegrationError("stripe.paymentRequest() requires country, currency and total.");
  }
  const request = {
    canMakePayment: async () => null,
    isShowing: () => false,
    show() {
      throw new IntegrationError("The Stripe emulator has no wallet, as canMakePayment() says: paymentRequest.show() cannot show one.");
    },
    abort() {},
    update() {},
  };
  for (const name of ["on", "once", "off"]) request[name] = () => request;
  return request;
}

/** The verification of a bank account by its small deposits. */
async function verifyMicrodeposits(settings, method, secret, data = {}) {
  const intent = intentOf(secret, method);
  const sent = {client_secret: intent.secret, ...data};
  return request(settings, "POST", `${intent.path}/${intent.id}/verify_microdeposits`, sent, intent.result);
}

/** The functions of an instance for these types, and the older names of functions for cards. */
function methodFunctions(settings, {confirmCardPayment, confirmCardSetup}) {
  const typed = (name) => {
    const type = typeOf(/^confirm(.+)(Payment|Setup)$/.exec(name)[1]);
    return [name, (...given) => confirmTyped(settings, name, type, ...given)];
  };
  const functions = Object.fromEntries(CONFIG.confirming.map(typed));
  const verify = (name) => [name, (...given) => verifyMicrodeposits(settings, name, ...given)];
  return {
    ...functions,
    ...Object.fromEntries(["verifyMicrodepositsForPayment", "verifyMicrodepositsForSetup"].map(verify)),
    handleCardPayment: oldForm(confirmCardPayment, "card"),
    handleCardSetup: oldForm(confirmCardSetup, "card"),
    handleSepaDebitPayment: oldForm(functions.confirmSepaDebitPayment, "sepa_debit"),
    paymentRequest,
  };
}
