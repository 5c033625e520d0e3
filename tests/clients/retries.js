// One account session, made by the official client for Node.js while the emulator fails once. Run by test_faults.py:
// node retries.js FOLDER-OF-THE-STRIPE-PACKAGE URL KEY ACCOUNT
'use strict';

const [, , folder, url, key, account] = process.argv;
const Stripe = require(folder);
const where = new URL(url);
const stripe = new Stripe(key, {host: where.hostname, port: where.port, protocol: 'http', maxNetworkRetries: 3});

stripe.accountSessions
  .create({account, components: {payments: {enabled: true}}})
  // The client leaves the answers that it retries unread, which would keep the process alive.
  .then((session) => process.stdout.write(session.client_secret, () => process.exit(0)));
