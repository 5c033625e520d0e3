// What happened, as webhook endpoints hear of it.

import {get, post} from "./api.js";
import {badge, block, button, copied, el, empty, facts, link, notice} from "./dom.js";
import {json, moment, plural} from "./format.js";
import {at, cell, List, row} from "./list.js";

export async function resend(event, endpoint) {
  const {endpoints} = await post("/webhooks/resend", {event, ...(endpoint ? {endpoint} : {})});
  notice(`Sent again to ${plural(endpoints.length, "endpoint")}.`);
}

/** When it happened, in unix seconds: thin events say it in words. */
const seconds = (event) => (typeof event.created === "string" ? Date.parse(event.created) / 1000 : event.created);

/** What it is about: an account, or the object of a thin event. */
const subject = (event) => event.account ?? event.related_object?.id ?? "platform";

function draw({event, sent}) {
  const waiting = event.pending_webhooks;
  const summary = [
    at(seconds(event)),
    cell("main", event.type),
    cell("state", waiting ? badge(`${waiting} undelivered`, "warn") : null),
    cell("wide mono quiet", subject(event)),
  ];
  return row(summary, () => inside(event, sent), event.id);
}

/** What went nowhere cannot be sent again. */
function inside(event, sent) {
  const request = event.request ?? event.reason?.request;
  return [
    sent ? el("div", {class: "actions"}, button("Send again", () => resend(event.id))) : null,
    facts([
      ["Event", copied(event.id)],
      ["At", moment(seconds(event))],
      ["Account", event.account && link("accounts", event.account)],
      ["About", event.related_object?.id],
      ["Request", request?.id && link("requests", request.id)],
      ["Idempotency key", request?.idempotency_key],
      ["API version", event.api_version],
      ["Deliveries", sent ? link("webhooks", event.id, "where it was sent") : null],
    ]),
    event.data?.previous_attributes ? block("Was before", json(event.data.previous_attributes)) : null,
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
  empty: () => empty("No events yet", "What changes an account, its persons or its bank accounts shows up here."),
};
