// Requests to Stripe's API with their responses.

import {get} from "./api.js";
import {curl} from "./curl.js";
import {badge, block, command, copied, empty, facts, link} from "./dom.js";
import {body, isCut, moment} from "./format.js";
import {at, cell, List, row} from "./list.js";

const tone = (status) => (status === 0 ? "bad" : status < 400 ? "good" : status < 500 ? "warn" : "bad");

function draw(entry) {
  const status = badge(entry.status || "no response", tone(entry.status));
  const summary = [
    at(entry.at),
    cell("method", entry.method),
    cell("main mono", entry.path),
    cell("state", entry.fault ? badge("fault", "info") : null, entry.replayed ? badge("replayed") : null, status),
    cell("wide quiet", entry.error ?? entry.account ?? ""),
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

const title = (name, text) => (isCut(text) ? `${name} (truncated)` : name);

function inside(entry) {
  const [request, response] = [body(entry.request_body), body(entry.response_body)];
  return [
    facts([
      ["Request", copied(entry.request_id)],
      ["At", moment(entry.at)],
      ["Account", entry.account && link("accounts", entry.account)],
      ["API version", entry.version],
      ["Idempotency key", entry.idempotency_key],
      ["Error", entry.error],
      ["Message", message(entry.response_body)],
      ["Fault", entry.fault && link("faults", entry.fault)],
      ["Client", entry.user_agent],
    ]),
    request ? block(title("Request body", entry.request_body), request) : null,
    response ? block(title("Response body", entry.response_body), response) : null,
    isCut(entry.request_body) ? null : command((key) => curl(entry, key), "With curl"),
  ];
}

export default {
  title: "Requests",
  list: () => new List(draw, (entry) => entry.request_id),
  hint: "status:4, acct_…",
  load: async () => {
    const {data} = await get("/requests");
    return {items: data.reverse(), total: data.length};
  },
  empty: () =>
    empty(
      "No requests yet",
      "Point an SDK at this address with the key of this sandbox, or try it with curl:",
      command((key) => `curl ${location.origin}/v1/accounts -u ${key}: -d type=express`),
    ),
};
