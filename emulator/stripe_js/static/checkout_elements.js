// Checkout with Elements of the page's own: initCheckoutElementsSdk. The order is that of the session's page.
const NOT_EMULATED_ACTIONS = [
  "applyPromotionCode", "removePromotionCode", "updateIndividualName", "updateBusinessName", "updateLineItemQuantity",
  "updateTaxIdInfo", "updateShippingOption", "validateElements", "addOptionalLineItem", "removeOptionalLineItem",
];
const CHECKOUT_ELEMENTS = {
  Payment: "payment", BillingAddress: "address", ShippingAddress: "address", ExpressCheckout: "expressCheckout",
  CurrencySelector: "currencySelector", TaxId: "taxId", ContactDetails: "contactDetails", Terms: "terms", LinkSignup: "linkSignup",
};

/** The session as a page sees it, from the response of its page and from what the visitor has entered. */
function checkoutSession(found, entered) {
  const format = new Intl.NumberFormat("en-US", {style: "currency", currency: found.currency || "usd"});
  const divisor = 10 ** format.resolvedOptions().maximumFractionDigits;
  const amount = (value) => ({minorUnitsAmount: value, amount: format.format(value / divisor)});
  const group = found.line_item_group;
  const sum = (name) => group.line_items.reduce((total, line) => total + (line[name] || 0), 0);
  const line = (each) => ({
    id: each.id,
    name: each.description,
    description: null,
    quantity: each.quantity,
    priceId: each.price.id,
    unitAmount: amount(each.price.unit_amount || 0),
    subtotal: amount(each.amount_subtotal),
    total: amount(each.amount_total),
    discount: amount(each.amount_discount),
    taxExclusive: amount(each.amount_tax),
    taxInclusive: amount(0),
    recurring: each.price.recurring && {
      interval: each.price.recurring.interval,
      intervalCount: each.price.recurring.interval_count,
      usageType: each.price.recurring.usage_type,
    },
  });
  const status = found.status === "complete" ? {type: "complete", paymentStatus: found.payment_status} : {type: found.status};
  return {
    id: found.session_id,
    livemode: found.livemode,
    currency: found.currency,
    minorUnitsAmountDivisor: divisor,
    lineItems: group.line_items.map(line),
    total: {
      subtotal: amount(group.subtotal || 0),
      total: amount(group.total || 0),
      discount: amount(sum("amount_discount")),
      taxExclusive: amount(sum("amount_tax")),
      taxInclusive: amount(0),
      shippingRate: amount(0),
    },
    status,
    canConfirm: found.status === "open",
    ...entered,
  };
}

class CheckoutElements {
  constructor(settings, {clientSecret}) {
    this.settings = settings;
    this.secret = Promise.resolve(clientSecret);
    this.secret.catch(() => {}); // loadActions() has the error
    this.entered = {email: null, phoneNumber: null, billingAddress: null, shippingAddress: null};
    this.listeners = new Set();
    this.groups = {};
  }

  async load() {
    const match = SESSION.exec(String(await this.secret));
    if (!match) return {message: "clientSecret must be the client secret of a Checkout Session."};
    this.id = match[1];
    return this.refresh();
  }

  async refresh() {
    const {error, page: found} = await request(this.settings, "POST", `payment_pages/${this.id}/init`, {}, "page");
    if (error) return error;
    if (!["elements", "custom"].includes(found.ui_mode)) return {message: `The session has ui_mode ${found.ui_mode}; these Elements need elements.`};
    this.found = found;
    return null;
  }

  session() {
    return checkoutSession(this.found, this.entered);
  }

  changed(more = {}) {
    Object.assign(this.entered, more);
    const session = this.session();
    queueTask(() => this.listeners.forEach((listener) => listener(session)));
    return {type: "success", session};
  }

  element(name, options) {
    const type = CHECKOUT_ELEMENTS[name];
    const mode = {BillingAddress: "billing", ShippingAddress: "shipping"}[name];
    this.groups[name] = this.groups[name] || elementsFor();
    return this.groups[name].create(type, mode ? {...options, mode} : options);
  }

  details() {
    const {email, phoneNumber: phone, billingAddress: billing} = this.entered;
    const groups = Object.values(this.groups).map((each) => enteredIn(each).billing_details);
    const own = entered({email, phone, name: billing && billing.name, address: billing && billing.address});
    return Object.assign({}, ...groups, own);
  }

  /** The id of the payment method, {none} or {error}. */
  async method(given) {
    if (given) return {id: given};
    const payment = this.groups.Payment && this.groups.Payment.getElement("payment");
    if (!payment) return {};
    const {error, paymentMethod} = await payment.create("payment_methods", this.settings, {billing_details: this.details()});
    return error ? {error} : {id: paymentMethod.id};
  }

  async confirm({returnUrl, redirect = "always", paymentMethod, expressCheckoutConfirmEvent: wallet, ...more} = {}) {
    if (wallet) throw notEmulated("a confirmation by a wallet");
    for (const name of Object.keys(this.entered)) if (more[name]) this.entered[name] = more[name];
    const method = await this.method(paymentMethod);
    const error = method.error || (await this.pay(method.id));
    if (error) {
      const failed = error.type === "card_error" || error.code === "payment_intent_authentication_failure";
      const code = failed ? {code: "paymentFailed", paymentFailed: {declineCode: error.decline_code || null}} : {code: null};
      return {type: "error", error: {message: error.message, ...code}};
    }
    const url = returnUrl || this.found.return_url;
    if (redirect !== "always" || !url) return this.changed();
    window.location.assign(url.replaceAll("{CHECKOUT_SESSION_ID}", this.id));
    return forever();
  }

  /** Pay the session; the error of that, null without one. */
  async pay(method) {
    const sent = {payment_method: method, expected_amount: this.found.line_item_group.total};
    const {error, page: found} = await request(this.settings, "POST", `payment_pages/${this.id}/confirm`, sent, "page");
    if (error) return error;
    const waits = found.payment_intent || found.setup_intent;
    if (found.status === "open" && waits && waits.status === "requires_action") {
      const intent = intentOf(waits.client_secret, "confirm");
      const result = await handled(this.settings, intent, {[intent.result]: waits});
      if (result.error) return result.error;
    }
    return this.refresh();
  }

  actions() {
    const update = (name) => async (value) => this.changed({[name]: value});
    const refusals = NOT_EMULATED_ACTIONS.map((name) => [name, () => Promise.reject(notEmulated(`the action ${name}() of Checkout`))]);
    return {
      ...Object.fromEntries(refusals),
      getSession: () => this.session(),
      confirm: (given) => this.confirm(given),
      updateEmail: update("email"),
      updatePhoneNumber: update("phoneNumber"),
      updateBillingAddress: update("billingAddress"),
      updateShippingAddress: update("shippingAddress"),
      runServerUpdate: async (act) => {
        await act();
        const error = await this.refresh();
        return error ? {type: "error", error: {message: error.message, code: null}} : this.changed();
      },
    };
  }
}

/** The object that initCheckoutElementsSdk returns at once; its session is there after loadActions(). */
function initCheckoutElementsSdk(settings, options = {}) {
  const checkout = new CheckoutElements(settings, options);
  const elements = Object.keys(CHECKOUT_ELEMENTS).flatMap((name) => [
    [`create${name}Element`, (own) => checkout.element(name, own)],
    [`get${name}Element`, () => (checkout.groups[name] ? checkout.groups[name].getElement(CHECKOUT_ELEMENTS[name]) : null)],
  ]);
  let loaded;
  return {
    ...Object.fromEntries(elements),
    on: (event, listener) => void (event === "change" && checkout.listeners.add(listener)),
    async loadActions() {
      loaded = loaded || checkout.load();
      const error = await loaded.catch((thrown) => thrown);
      return error ? {type: "error", error: {message: error.message, code: null}} : {type: "success", actions: checkout.actions()};
    },
    changeAppearance() {},
    loadFonts() {},
  };
}
