// A seller's life as a platform in Node.js sees it: `node life.js SDK`, with {url, key} on standard input. Its own
// receiver checks every signature; the report says what each step was told by.
const http = require("http");
const sdk = require(process.argv[2]);
const Stripe = sdk.default ?? sdk;

const read = async (stream) => {
  const parts = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts).toString();
};

const main = async () => {
  const {url, key} = JSON.parse(await read(process.stdin));
  const {hostname, port} = new URL(url);
  const stripe = new Stripe(key, {host: hostname, port, protocol: "http"});
  const headers = {authorization: `Bearer ${key}`, "content-type": "application/json"};
  const got = [];
  let secret;
  const receiver = http.createServer(async (request, response) => {
    const body = await read(request);
    const event = await stripe.webhooks.constructEventAsync(body, request.headers["stripe-signature"], secret);
    response.end();
    got.push(event);
  });
  await new Promise((ready) => receiver.listen(0, "127.0.0.1", ready));
  const hook = `http://127.0.0.1:${receiver.address().port}/hook`;
  const endpoint = await stripe.webhookEndpoints.create({url: hook, enabled_events: ["*"], connect: true});
  secret = endpoint.secret;

  const report = [];
  const step = async (count, act) => {
    const from = got.length;
    const flags = await act();
    for (let tries = 0; got.length < from + count && tries < 500; tries++) await new Promise((on) => setTimeout(on, 10));
    const told = got.slice(from).map((event) => [
      event.type,
      event.account === account?.id,
      event.request.id !== null,
      Object.keys(event.data.previous_attributes ?? {}).sort(),
    ]);
    report.push([flags, told]);
  };
  const steer = (action, body) =>
    fetch(`${url}/_emulator/accounts/${account.id}/${action}`, {method: "POST", headers, body: JSON.stringify(body)});
  const flags = async () => {
    const shown = await stripe.accounts.retrieve(account.id);
    return [shown.charges_enabled, shown.payouts_enabled, shown.requirements.disabled_reason];
  };

  let account;
  await step(1, async () => {
    const requested = {requested: true};
    const capabilities = {card_payments: requested, transfers: requested};
    account = await stripe.accounts.create({type: "express", country: "US", capabilities});
    return flags();
  });
  await step(5, async () => {
    const pages = {refresh_url: "http://127.0.0.1:9/refresh", return_url: "http://127.0.0.1:9/return"};
    const link = await stripe.accountLinks.create({account: account.id, type: "account_onboarding", ...pages});
    const body = new URLSearchParams({action: "complete"});
    await fetch(link.url, {method: "POST", body, redirect: "manual"});
    return flags();
  });
  await step(1, async () => {
    await stripe.accounts.update(account.id, {metadata: {shop: "7"}});
    return flags();
  });
  await step(2, async () => {
    await steer("capabilities/card_payments", {status: "inactive", reason: "platform_paused"});
    return flags();
  });
  await step(2, async () => {
    await steer("capabilities/card_payments", {status: "active"});
    return flags();
  });
  await step(3, async () => {
    await stripe.accounts.reject(account.id, {reason: "fraud"});
    return flags();
  });
  await step(1, async () => {
    await stripe.accounts.del(account.id);
    return stripe.accounts.retrieve(account.id).catch((error) => [error.type, error.code]);
  });
  receiver.close();
  console.log(JSON.stringify(report));
};

main();
