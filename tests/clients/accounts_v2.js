// A platform's way through Accounts v2, with the official client for Node.js. Run by test_sdk_v2.py:
// node accounts_v2.js FOLDER-OF-THE-STRIPE-PACKAGE < order.json > report.json
'use strict';

const {readFileSync} = require('node:fs');

const Stripe = require(process.argv[2]);
const order = JSON.parse(readFileSync(0, 'utf8'));
const where = new URL(order.url);

const refused = async (call) => {
  try {
    await call();
    return [];
  } catch (error) {
    return [error.statusCode, error.code, error.message];
  }
};

const states = (account) => {
  const {payouts, stripe_transfers: transfers} = account.configuration.recipient.capabilities.stripe_balance;
  return [payouts.status, transfers.status];
};

const all = async (pages, value) => {
  const found = [];
  for await (const each of pages) found.push(value(each));
  return found;
};

const seconds = (date) => (date instanceof Date ? date.toISOString() : date);

const main = async () => {
  const stripe = new Stripe(order.key, {host: where.hostname, port: where.port, protocol: 'http'});
  const {accounts, accountLinks} = stripe.v2.core;
  const account = await accounts.create(order.account);
  const person = await accounts.persons.create(account.id, order.person);
  const persons = await all(accounts.persons.list(account.id), (each) => each.surname);
  const gone = await accounts.persons.del(account.id, person.id);
  const link = await accountLinks.create({account: account.id, use_case: order.use_case});
  const changed = await accounts.update(account.id, {display_name: 'Rosen', metadata: {a: 'b'}});
  for (let made = 0; made < 12; made += 1) await accounts.create({});
  const listed = await all(accounts.list({limit: 5}), (each) => each.id);
  const kept = await accounts.list({applied_configurations: ['recipient', 'merchant']});
  const report = {
    object: account.object,
    created: seconds(account.created),
    applied: account.applied_configurations,
    due: account.requirements.entries.map((entry) => entry.description).slice(0, 3),
    states: states(account),
    not_included: account.identity,
    person: [person.object, person.given_name, String(person.relationship.percent_ownership), seconds(person.created)],
    persons,
    link: [
      link.object,
      seconds(link.expires_at),
      link.url.split('/').slice(3, 5),
      link.use_case.account_onboarding.configurations,
    ],
    changed: [changed.display_name, changed.metadata],
    listed: [listed.length, listed.at(-1) === account.id],
    kept: kept.data.map((each) => each.id === account.id),
    gone: gone.object,
    mismatch: await refused(() => accounts.close(account.id, {applied_configurations: ['merchant']})),
    unknown: await refused(() => accounts.retrieve('acct_123')),
    untyped: await refused(() => accounts.create({display_name: 5})),
    closed: (await accounts.close(account.id, {applied_configurations: account.applied_configurations})).closed,
  };
  return {...report, open: (await accounts.list({limit: 20})).data.length};
};

main().then((report) => process.stdout.write(JSON.stringify(report)));
