// A platform's way through the API, with the official client for Node.js. Run by test_sdk_node.py:
// node journey.js FOLDER-OF-THE-STRIPE-PACKAGE < order.json > report.json
'use strict';

const {readFileSync} = require('node:fs');

const Stripe = require(process.argv[2]);
const order = JSON.parse(readFileSync(0, 'utf8'));
const where = new URL(order.url);

const clientOf = (key, options = {}) =>
  new Stripe(key, {host: where.hostname, port: where.port, protocol: 'http', ...options});

const control = async (path, body) => {
  const headers = {authorization: `Bearer ${order.key}`, 'content-type': 'application/json'};
  const answer = await fetch(order.url + path, {method: 'POST', headers, body: JSON.stringify(body)});
  return {status: answer.status, body: await answer.json()};
};

const claim = (secret) =>
  control('/_emulator/connect/claim', {client_secret: secret, publishable_key: order.publishable_key});

const refused = async (call) => {
  try {
    return {answer: await call()};
  } catch (error) {
    return {
      error: error.type.replace(/^Stripe/, ''),
      status: error.statusCode,
      message: error.message,
      code: error.code ?? null,
      param: error.param ?? null,
      request_id: /^req_[A-Za-z0-9]{14}$/.test(error.requestId ?? ''),
    };
  }
};

const calls = {
  create_session: (stripe, params, options) => stripe.accountSessions.create(params, options),
  create_account: (stripe, params, options) => stripe.accounts.create(params, options),
  list_accounts: (stripe, params, options) => stripe.accounts.list(params, options),
  retrieve_account: (stripe, params, options) => stripe.accounts.retrieve(params.id, options),
  get: (stripe, params) => stripe.rawRequest('GET', params.path),
};

const account = async (stripe) => {
  const made = await stripe.accounts.create(order.account);
  const {requirement_collection: collection} = made.controller;
  return [made.id, {type: made.type, country: made.country, created: made.created, metadata: made.metadata, collection}];
};

const session = async (stripe, id) => {
  const made = await stripe.accountSessions.create({account: id, components: order.components});
  const enabled = Object.entries(made.components).filter(([, component]) => component.enabled);
  const report = {
    object: made.object,
    account: made.account === id,
    livemode: made.livemode,
    expires_at: made.expires_at,
    secret: [made.client_secret.slice(0, 13), made.client_secret.length],
    names: Object.keys(made.components),
    enabled: Object.fromEntries(enabled),
    version: made.lastResponse.headers['stripe-version'],
    request_id: /^req_[A-Za-z0-9]{14}$/.test(made.lastResponse.requestId),
  };
  return [made.client_secret, report];
};

const claims = async (stripe, id, secret) => {
  const fresh = async () => (await session(stripe, id))[0];
  const first = await claim(secret);
  const {account: owner, session_token: token, ...granted} = first.body;
  const code = ({status, body}) => [status, body.error ? body.error.code : 'claimed'];
  const [late, tooLate] = [await fresh(), await fresh()];
  const report = {granted, owner: owner === id, token: token.slice(0, 8), again: code(await claim(secret))};
  await control('/_emulator/clock', {advance: 119});
  report.last_second = code(await claim(late));
  await control('/_emulator/clock', {advance: 1});
  report.expired = code(await claim(tooLate));
  report.unknown = code(await claim('accs_secret__unknown'));
  return report;
};

const metadata = async (stripe, id) => {
  const changed = await stripe.accounts.update(id, {metadata: {plan: '', seats: '8', note: 'a & b = ü'}});
  const cleared = await stripe.accounts.update(id, {metadata: ''});
  return [changed.metadata, cleared.metadata];
};

const pages = async (stripe) => {
  const ids = [];
  for (const _ of Array(25)) ids.unshift((await stripe.accounts.create({type: 'standard'})).id);
  const place = ({id}) => ids.indexOf(id);
  const first = await stripe.accounts.list({limit: 10});
  const forwards = await stripe.accounts.list({limit: 10}).autoPagingToArray({limit: 25});
  const backwards = [];
  for await (const found of stripe.accounts.list({limit: 10, ending_before: ids[24]})) backwards.push(found);
  const page = {object: first.object, url: first.url, has_more: first.has_more, places: first.data.map(place)};
  return {page, forwards: forwards.map(place), backwards: backwards.map(place)};
};

const deletion = async (stripe) => {
  const {id} = await stripe.accounts.create({type: 'custom'});
  const [secret] = await session(stripe, id);
  const {lastResponse: _, ...stub} = await stripe.accounts.del(id);
  const gone = await refused(() => stripe.accounts.retrieve(id));
  const unusable = await refused(() => stripe.accountSessions.create({account: id, components: order.components}));
  const unclaimable = await claim(secret);
  return {
    stub: {...stub, id: stub.id === id},
    gone: [gone.error, gone.code, gone.status],
    unusable: [unusable.error, unusable.code, unusable.status, unusable.message === `No such account: '${id}'`],
    unclaimable: unclaimable.body.error.code,
  };
};

const refusals = async (stripe) => {
  const report = {};
  const ids = {};
  for (const type of ['custom', 'express', 'standard']) ids[`$${type}`] = (await stripe.accounts.create({type})).id;
  for (const {name, call, params, options} of order.refusals) {
    const given = 'account' in params ? {...params, account: ids[params.account] ?? params.account} : params;
    const client = clientOf(options.key ?? order.key, {stripeAccount: options.account, apiVersion: options.version});
    report[name] = await refused(() => calls[call](client, given));
  }
  return report;
};

const main = async () => {
  await control('/_emulator/clock', {freeze: order.now});
  const stripe = clientOf(order.key);
  const report = {sdk: Stripe.PACKAGE_VERSION};
  const [id, made] = await account(stripe);
  const [secret, shown] = await session(stripe, id);
  report.account = made;
  report.session = shown;
  report.claims = await claims(stripe, id, secret);
  report.metadata = await metadata(stripe, id);
  report.pages = await pages(stripe);
  report.deletion = await deletion(stripe);
  report.refusals = await refusals(stripe);
  process.stdout.write(JSON.stringify(report));
};

main();
