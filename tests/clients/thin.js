// What stripe-node makes of thin events: reads one delivery on stdin, and fetches what it is about.
//
// thin.js SDK: {url, key, body, signature, secret} as JSON, and prints what it has seen as JSON.

const [, , sdk] = process.argv;
const Stripe = require(sdk);

async function main(input) {
  const {url, key, body, signature, secret} = JSON.parse(input);
  const {protocol, hostname: host, port} = new URL(url);
  const stripe = new (Stripe.default ?? Stripe)(key, {host, port, protocol: protocol.slice(0, -1), telemetry: false});
  const notification = stripe.parseEventNotification(body, signature, secret);
  const event = await notification.fetchEvent();
  const related = await notification.fetchRelatedObject();
  const retrieved = await stripe.v2.core.events.retrieve(event.id); // what fetchEvent answers has no such method
  const again = await retrieved.fetchRelatedObject();
  const destinations = stripe.v2.core.eventDestinations;
  const made = await destinations.create({
    name: "Node",
    type: "webhook_endpoint",
    event_payload: "thin",
    enabled_events: ["v2.core.account.closed"],
    webhook_endpoint: {url: "http://127.0.0.1:9/hook"},
    include: ["webhook_endpoint.url"],
  });
  const updated = await destinations.update(made.id, {metadata: {a: "b"}});
  const ping = await destinations.ping(made.id);
  const pinged = await stripe.v2.core.events.retrieve(ping.id);
  const disabled = await destinations.disable(made.id);
  const enabled = await destinations.enable(made.id);
  const listed = [];
  for await (const each of stripe.v2.core.events.list({limit: 2, types: [event.type, ping.type]})) listed.push(each.type);
  const deleted = await destinations.del(made.id);
  const missing = await destinations.retrieve(made.id).catch((error) => error);
  console.log(
    JSON.stringify({
      notification: [notification.type, notification.context ?? null, notification.reason.request.idempotency_key],
      event: [event.id === notification.id, event.data ?? null, event.changes],
      related: [related.object, related.id === again.id],
      made: [made.name, made.webhook_endpoint],
      updated: updated.metadata,
      ping: [ping.type, ping.related_object.id === made.id, pinged.id === ping.id],
      statuses: [disabled.status, disabled.status_details, enabled.status],
      listed,
      deleted: [deleted.object, deleted.id === made.id],
      missing: [missing.type, missing.code, missing.statusCode],
    }),
  );
}

let input = "";
process.stdin.on("data", (chunk) => (input += chunk));
process.stdin.on("end", () => main(input));
