// Events of the sandbox, snapshots and thin ones.

import {get, post} from "./api.js";
import {badge, block, button, copied, el, empty, facts, link, notice} from "./dom.js";
import {json, moment, plural} from "./format.js";
import {at, cell, List, row} from "./list.js";

export async function resend(event, endpoint) {
  const {endpoints} = await post("/webhooks/resend", {event, ...(endpoint ? {endpoint} : {})});
  notice(`Resent to ${plural(endpoints.length, "endpoint")}.`);
}

/** The time of an event in unix seconds; thin events have an ISO text. */
const seconds = (event) => (typeof event.created === "string" ? Date.parse(event.created) / 1000 : event.created);

/** The account of an event, or the object of a thin event. */
const subject = (event) => event.account ?? event.related_object?.id ?? "platform";

function draw({event, sent}) {
  const pending = event.pending_webhooks;
  const summary = [
    at(seconds(event)),
    cell("main", event.type),
    cell("state", pending ? badge(`${pending} undelivered`, "warn") : null),
    cell("wide mono quiet", subject(event)),
  ];
  return row(summary, () => inside(event, sent), event.id);
}

/** `sent` is whether it has deliveries, which can be resent. */
function inside(event, sent) {
  const request = event.request ?? event.reason?.request;
  return [
    sent ? el("div", {class: "actions"}, button("Resend", () => resend(event.id))) : null,
    facts([
      ["Event", copied(event.id)],
      ["Created", moment(seconds(event))],
      ["Account", event.account && link("accounts", event.account)],
      ["Object", event.related_object?.id],
      ["Request", request?.id && link("requests", request.id)],
      ["Idempotency key", request?.idempotency_key],
      ["API version", event.api_version],
      ["Deliveries", sent ? link("webhooks", event.id, "of this event") : null],
    ]),
    event.data?.previous_attributes ? block("Previous attributes", json(event.data.previous_attributes)) : null,
    block("The event", json(event)),
  ];
}

export default {
  title: "Events",
  list: () => new List(draw, ({event}) => event.id),
  hint: "type:person, acct_…",
  load: async (limit) => {
    const [events, endpoints] = await Promise.all([get(`/events?limit=${limit}`), get("/webhooks")]);
    const sent = new Set(endpoints.data.flatMap(({deliveries}) => deliveries.map(({event}) => event)));
    return {items: events.data.map((event) => ({event, sent: sent.has(event.id)})), total: events.total};
  },
  empty: () => empty("No events yet", "Changes of accounts, persons and external accounts create events."),
};
