// Payments, transfers, payouts and balances, and what banks and card holders do to them.

import {get, post} from "./api.js";
import {badge, block, button, command, copied, el, empty, facts, field, form, link, notice, select} from "./dom.js";
import {amount, json, moment, time} from "./format.js";
import {at, cell, List, parts, row} from "./list.js";

const TONES = {
  succeeded: "good", paid: "good", available: "good", pending: "info", in_transit: "info", uncaptured: "info",
  requires_action: "warn", failed: "bad", disputed: "bad", canceled: "plain", refunded: "plain", reversed: "plain",
};
const REASONS = ["fraudulent", "product_not_received", "inquiry", "duplicate", "unrecognized", "general"];
const OUTCOMES = [["won", "won"], ["lost", "lost"], ["escalated", "escalated"]];
const ENDS = [["paid", "paid"], ["failed", "failed"]];

/** The state of a payment, as Stripe's Dashboard names it. */
function stateOf(charge) {
  if (charge.disputed) return "disputed";
  if (charge.refunded) return charge.captured ? "refunded" : "canceled";
  if (charge.status === "succeeded" && !charge.captured) return "uncaptured";
  return charge.status;
}

const whose = ({account, platform}) => (account === platform ? "platform" : account);

/** A row of money: when, its state, its id, the amount, whose it is, and what else is said of it. */
function money(item, state, about, inside) {
  const {object} = item;
  const summary = [
    at(object.created),
    cell("state", badge(state.replaceAll("_", " "), TONES[state] ?? "plain")),
    cell("main mono", object.id),
    cell("amount", object.currency ? amount(object.amount, object.currency) : ""),
    cell("wide quiet", parts(whose(item), ...about)),
  ];
  return row(summary, inside, object.id);
}

/** Common facts of an object, and the object itself. */
function details(item, more) {
  const {object} = item;
  const related = el("span", {class: "links"}, link("requests", object.id, "requests"), link("events", object.id, "events"));
  return [
    facts([
      ["Id", copied(object.id)],
      ["Account", item.account === item.platform ? "the platform" : link("accounts", item.account)],
      ["Related", related],
      ["Created", moment(object.created)],
      ...more,
    ]),
    block("The object", json(object)),
  ];
}

const act = (path, body, done) => async () => {
  await post(path, body());
  notice(done);
};

// --- payments -------------------------------------------------------------------------------------------------------

/** An intent that waits for its customer. */
function waiting(item) {
  const {object} = item;
  const path = `/${object.object}s/${object.id}/complete_3ds`;
  const complete = act(path, () => ({outcome: "succeeded"}), "The customer has authenticated.");
  const fail = act(path, () => ({outcome: "failed"}), "The customer has failed to authenticate.");
  return money(item, object.status, [object.description], () => [
    el(
      "div",
      {class: "actions", role: "group", "aria-label": `Actions on ${object.id}`},
      button("Authenticate", complete, {kind: "primary"}),
      button("Fail to authenticate", fail, {kind: "danger"}),
    ),
    ...details(item, []),
  ]);
}

function payment(item) {
  const {object: charge} = item;
  if (charge.object !== "charge") return waiting(item);
  return money(item, stateOf(charge), [charge.description, charge.failure_code], () => {
    const path = el("div", {class: "ledger", "aria-live": "polite"});
    showPath(path, charge.id);
    const [facts, whole] = details(item, [
      ["Payment intent", charge.payment_intent],
      ["Refunded", charge.amount_refunded && amount(charge.amount_refunded, charge.currency)],
      ["Failure", charge.failure_message],
      ["Dispute", charge.dispute],
    ]);
    return [paymentActions(charge, () => showPath(path, charge.id)), facts, path, whole];
  });
}

/** `moved` is called when an action has moved money that the charge itself does not show. */
function paymentActions(charge, moved) {
  const reason = select("kind", REASONS.map((name) => [name, name.replaceAll("_", " ")]));
  const outcome = select("outcome", OUTCOMES);
  const canDispute = charge.paid && charge.captured && !charge.refunded && !charge.disputed;
  const dispute = act(`/charges/${charge.id}/dispute`, () => ({kind: reason.value}), "The charge is disputed.");
  const decide = async () => {
    await act(`/disputes/${charge.dispute}/decide`, () => ({outcome: outcome.value}), "The dispute is decided.")();
    await moved();
  };
  const warn = act(`/charges/${charge.id}/fraud_warning`, () => ({}), "The charge is reported as fraud.");
  return el(
    "div",
    {class: "actions", role: "group", "aria-label": `Actions on ${charge.id}`},
    canDispute && el("div", {class: "inline"}, field("Reason", reason), button("Dispute", dispute, {kind: "danger"})),
    charge.dispute && el("div", {class: "inline"}, field("Outcome", outcome), button("Decide the dispute", decide)),
    charge.paid && charge.captured && button("Report as fraud", warn),
  );
}

/** The balance transactions of a payment, on every account, with their sums. */
async function showPath(node, id) {
  const {data, platform} = await get(`/payments/${encodeURIComponent(id)}/ledger`);
  if (!data.length) return node.replaceChildren(el("p", {class: "quiet"}, "No money has moved."));
  const sums = new Map();
  const lines = data.map(({account, transaction: each}) => {
    const key = `${account} ${each.currency}`;
    sums.set(key, (sums.get(key) ?? 0) + each.net);
    const cells = [
      time(each.created),
      account === platform ? "platform" : account,
      each.reporting_category.replaceAll("_", " "),
      amount(each.amount, each.currency),
      each.fee ? amount(each.fee, each.currency) : "",
      amount(each.net, each.currency),
      each.source,
    ];
    return el("tr", {}, cells.map((text, place) => el("td", {class: place > 2 && place < 6 ? "number" : ""}, text)));
  });
  const heads = ["At", "Account", "Category", "Amount", "Fee", "Net", "Source"];
  const head = el("thead", {}, el("tr", {}, heads.map((text) => el("th", {scope: "col"}, text))));
  const total = [...sums].map(([key, sum]) => {
    const [account, currency] = key.split(" ");
    return el("li", {}, account === platform ? "platform" : account, ": ", el("strong", {}, amount(sum, currency)));
  });
  const caption = el("caption", {}, "The path through the ledger");
  const table = el("table", {}, caption, head, el("tbody", {class: "mono"}, lines));
  node.replaceChildren(
    el("div", {class: "scroll", tabindex: "0", role: "region", "aria-label": "The path through the ledger, scrollable"}, table),
    el("ul", {class: "names", "aria-label": "What each account has of it"}, total),
  );
}

// --- transfers, payouts, balances -------------------------------------------------------------------------------------

function transfer(item) {
  const {object} = item;
  const state = object.reversed ? "reversed" : "paid";
  return money(item, state, [`to ${object.destination}`, object.description], () =>
    details(item, [
      ["Destination", link("accounts", object.destination)],
      ["Reversed", object.amount_reversed && amount(object.amount_reversed, object.currency)],
      ["Source", object.source_transaction && link("payments", object.source_transaction)],
    ]),
  );
}

function payout(item) {
  const {object} = item;
  return money(item, object.status, [object.method, object.automatic && "automatic", object.failure_code], () => {
    const outcome = select("outcome", ENDS);
    const settle = act(`/payouts/${object.id}/settle`, () => ({outcome: outcome.value}), "The payout has ended.");
    const actions = el("div", {class: "actions inline"}, field("Outcome", outcome), button("End the payout", settle));
    return [
      ["pending", "in_transit", "paid"].includes(object.status) ? actions : null,
      ...details(item, [["Arrives", moment(object.arrival_date)], ["Failure", object.failure_message]]),
    ];
  });
}

function balance(item) {
  const {object} = item;
  const shown = (entries) => entries.map((entry) => amount(entry.amount, entry.currency)).join(", ");
  const summary = [
    cell("main mono", item.account === item.platform ? "platform" : item.account),
    cell("amount", shown(object.available)),
    cell("wide quiet", `${shown(object.pending)} pending`),
  ];
  return row(summary, () => [balanceForm(item), block("The object", json(object))], item.account);
}

function balanceForm(item) {
  const account = item.account === item.platform ? {} : {account: item.account};
  const [{currency}] = item.object.available;
  const available = el("input", {name: "available", inputmode: "numeric", required: true, placeholder: "minor units"});
  const set = act("/balance", () => ({...account, currency, available: Number(available.value)}), "The balance is set.");
  const release = act("/balance", () => ({...account, currency}), "All pending money is available.");
  return el(
    "div",
    {class: "actions", role: "group", "aria-label": `Actions on the balance of ${item.account}`},
    button("Make pending money available", release, {kind: "primary"}),
    form("inline", field(`Available, ${currency}`, available), button("Set", set, {submit: true})),
  );
}

const view = (title, name, draw, hint, text) => ({
  title,
  list: () => new List(draw, (item) => item.object.id ?? item.account),
  hint,
  load: async (limit) => {
    const {data, platform, total} = await get(`/${name}?limit=${limit}`);
    return {items: data.map((item) => ({...item, platform})), total};
  },
  empty: () => empty(`No ${title.toLowerCase()} yet`, text, curl(name)),
});

const curl = (name) =>
  name === "payments" &&
  command(
    (key) =>
      `curl ${location.origin}/v1/payment_intents -u ${key}: \\\n  -d amount=2000 -d currency=usd -d confirm=true ` +
      '\\\n  -d payment_method=pm_card_visa -d "payment_method_types[]=card"',
  );

export const payments = view("Payments", "payments", payment, "ch_…, status:failed", "Payments of the platform and of its accounts:");
export const transfers = view("Transfers", "transfers", transfer, "tr_…, acct_…", "A destination charge makes one, and POST /v1/transfers.");
export const payouts = view("Payouts", "payouts", payout, "po_…, status:paid", "They are made by schedule or by POST /v1/payouts.");
export const balances = view("Balances", "balances", balance, "acct_…", "An account has a balance once money has moved.");
