// What was asked of Stripe's API, and what it answered.

import {get} from "./api.js";
import {badge, block, cell, command, empty, facts, List, row} from "./dom.js";
import {body, moment, time} from "./format.js";

const tone = (status) => (status === 0 ? "bad" : status < 400 ? "good" : status < 500 ? "warn" : "bad");

function draw(entry) {
  const status = badge(entry.status || "no answer", tone(entry.status));
  const summary = [
    cell("at", time(entry.at)),
    cell("method", entry.method),
    cell("main mono", entry.path),
    cell("state", entry.fault ? badge("fault", "info") : null, entry.replayed ? badge("replayed") : null, status),
    cell("wide quiet", entry.error ?? ""),
  ];
  return row(summary, () => inside(entry), entry.request_id);
}

function message(text) {
  try {
    const {error} = JSON.parse(text);
    return error?.param ? `${error.message} (${error.param})` : error?.message;
  } catch {
    return null;
  }
}

function inside(entry) {
  const [asked, answered] = [body(entry.request_body), body(entry.response_body)];
  return [
    facts([
      ["Request", entry.request_id],
      ["At", moment(entry.at)],
      ["Account", entry.account],
      ["API version", entry.version],
      ["Idempotency key", entry.idempotency_key],
      ["Error", entry.error],
      ["Message", message(entry.response_body)],
      ["Fault", entry.fault],
      ["Client", entry.user_agent],
    ]),
    asked ? block("Sent", asked) : null,
    answered ? block("Answered", answered) : null,
  ];
}

export default {
  title: "Requests",
  list: () => new List(draw, (entry) => entry.request_id),
  load: async () => (await get("/requests")).data.reverse(),
  empty: () =>
    empty(
      "No requests yet",
      "Point an SDK at this address with the key of this sandbox, or try it with curl:",
      command(`curl ${location.origin}/v1/accounts -u YOUR_SECRET_KEY: -d type=express`),
    ),
};
