// A marketplace in Node.js, from the seller's sign-up to the closed account: `node marketplace.js SDK`, with {url, key,
// now} on standard input. Its own receiver checks every signature. The report has a row for each step: a value that
// the platform looks at, and the events of the platform and of the seller's account.
"use strict";

const http = require("http");
const sdk = require(process.argv[2]);
const Stripe = sdk.default ?? sdk;

const read = async (stream) => {
  const parts = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts).toString();
};

const main = async () => {
  const {url, key, now} = JSON.parse(await read(process.stdin));
  const {hostname, port} = new URL(url);
  const stripe = new Stripe(key, {host: hostname, port, protocol: "http"});
  const headers = {authorization: `Bearer ${key}`, "content-type": "application/json"};
  const clock = (body) => fetch(`${url}/_emulator/clock`, {method: "POST", headers, body: JSON.stringify(body)});
  await clock({freeze: now});

  const got = {platform: [], seller: []};
  const secrets = {};
  const receiver = http.createServer(async (request, response) => {
    const body = await read(request);
    const whose = request.url.slice(1);
    got[whose].push(await stripe.webhooks.constructEventAsync(body, request.headers["stripe-signature"], secrets[whose]));
    response.end();
  });
  await new Promise((ready) => receiver.listen(0, "127.0.0.1", ready));
  for (const [whose, connect] of Object.entries({platform: false, seller: true})) {
    const hook = `http://127.0.0.1:${receiver.address().port}/${whose}`;
    secrets[whose] = (await stripe.webhookEndpoints.create({url: hook, enabled_events: ["*"], connect})).secret;
  }

  const report = [];
  const step = async (expected, act) => {
    const from = {platform: got.platform.length, seller: got.seller.length};
    const value = await act();
    const all = () => expected.every((count, place) => got[places[place]].length >= from[places[place]] + count);
    for (let tries = 0; !all() && tries < 500; tries++) await new Promise((on) => setTimeout(on, 5));
    report.push([value, ...places.map((whose) => got[whose].slice(from[whose]).map((event) => event.type))]);
  };
  const places = ["platform", "seller"];

  let account;
  const as = () => ({stripeAccount: account.id});
  const bank = (number) => {
    const where = {object: "bank_account", country: "US", currency: "usd", routing_number: "110000000"};
    return stripe.accounts.createExternalAccount(account.id, {
      external_account: {...where, account_number: number},
      default_for_currency: true,
    });
  };
  const sell = (amount, fee, method) =>
    stripe.paymentIntents.create({
      amount,
      currency: "usd",
      payment_method: method,
      confirm: true,
      automatic_payment_methods: {enabled: true, allow_redirects: "never"},
      application_fee_amount: fee,
      transfer_data: {destination: account.id},
    });
  const payout = async () => {
    const {available} = await stripe.balance.retrieve({}, as());
    return stripe.payouts.create({amount: available[0].amount, currency: "usd"}, as());
  };

  await step([0, 1], async () => {
    const requested = {requested: true};
    account = await stripe.accounts.create({
      country: "US",
      capabilities: {card_payments: requested, transfers: requested},
      controller: {
        fees: {payer: "application"},
        losses: {payments: "application"},
        requirement_collection: "application",
        stripe_dashboard: {type: "none"},
      },
      settings: {payouts: {schedule: {interval: "manual"}}},
    });
    return account.charges_enabled;
  });
  await step([0, 5], async () => {
    const pages = {refresh_url: "http://127.0.0.1:9/refresh", return_url: "http://127.0.0.1:9/return"};
    const link = await stripe.accountLinks.create({account: account.id, type: "account_onboarding", ...pages});
    await fetch(link.url, {method: "POST", body: new URLSearchParams({action: "complete"}), redirect: "manual"});
    return (await stripe.accounts.retrieve(account.id)).charges_enabled;
  });
  let intent;
  await step([6, 1], async () => {
    intent = await sell(10000, 1200, "pm_card_visa");
    await clock({advance: 2});
    return intent.status;
  });
  await step([6, 2], async () => {
    const refund = await stripe.refunds.create({
      payment_intent: intent.id,
      amount: 2500,
      reverse_transfer: true,
      refund_application_fee: true,
    });
    await clock({advance: 60});
    return refund.status;
  });
  let dispute;
  await step([8, 1], async () => {
    const disputed = await sell(4000, 400, "pm_card_createDispute");
    await clock({advance: 5});
    [dispute] = (await stripe.disputes.list({payment_intent: disputed.id})).data;
    return dispute.status;
  });
  await step([2, 0], async () => {
    await stripe.disputes.update(dispute.id, {evidence: {uncategorized_text: "losing_evidence"}});
    await clock({advance: 10});
    return (await stripe.disputes.retrieve(dispute.id)).status;
  });
  await step([1, 2], async () => {
    const {transfer} = await stripe.charges.retrieve(dispute.charge);
    await stripe.transfers.createReversal(transfer, {amount: 3600});
    return (await stripe.balance.retrieve({}, as())).pending[0].amount;
  });
  await step([1, 1], async () => {
    await clock({advance: 3 * 86400});
    return (await stripe.balance.retrieve({}, as())).available[0].amount;
  });
  await step([0, 8], async () => {
    await bank("000111111113");
    const {id} = await payout();
    await clock({advance: 86400});
    const failed = await stripe.payouts.retrieve(id, {}, as());
    return [failed.status, failed.failure_code];
  });
  await step([0, 6], async () => {
    await bank("000123456789");
    const {id} = await payout();
    await clock({advance: 86400});
    return (await stripe.payouts.retrieve(id, {}, as())).status;
  });
  await step([0, 1], async () => {
    await stripe.accounts.del(account.id);
    return stripe.accounts.retrieve(account.id).catch((error) => error.code);
  });
  const {available} = await stripe.balance.retrieve();
  report.push([available[0].amount, [], []]);
  receiver.closeAllConnections();
  receiver.close();
  console.log(JSON.stringify(report));
};

main();
