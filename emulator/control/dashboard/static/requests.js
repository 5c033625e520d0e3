// Requests to Stripe's API with their responses.

import {get} from "./api.js";
import {curl} from "./curl.js";
import {badge, block, button, command, copied, el, empty, facts, link} from "./dom.js";
import {body, isCut, moment, plural} from "./format.js";
import {at, cell, List, parts, row} from "./list.js";

const tone = (status) => (status === 0 ? "bad" : status < 400 ? "good" : status < 500 ? "warn" : "bad");

function draw(entry) {
  const status = badge(entry.status || "no response", tone(entry.status));
  const summary = [
    at(entry.at),
    cell("method", entry.method),
    cell("main mono", entry.path),
    cell("state", marks(entry), entry.fault ? badge("fault", "info") : null, entry.replayed ? badge("replayed") : null, status),
    cell("wide quiet", parts(entry.error, accountOf(entry))),
  ];
  return row(summary, () => inside(entry), entry.request_id);
}

/** The account that a request acts as, or else the one in its parameters or its response. */
function accountOf({account, request_body: sent, response_body: received}) {
  return account ?? /\bacct_\w+/.exec(sent)?.[0] ?? /"(?:id|account)": "(acct_\w+)"/.exec(received)?.[1] ?? null;
}

const isSetUp = ({user_agent: agent}) => Boolean(agent?.startsWith("stripe-emulator"));
const isOAuth = ({operation}) => Boolean(operation?.includes("/oauth/"));
const NOT_EMULATED = "emulator_not_emulated";

function marks(entry) {
  return [
    isSetUp(entry) ? badge("set-up") : null,
    entry.hint ? badge("different sandboxes", "warn") : null,
    entry.error === NOT_EMULATED ? badge("not emulated", "warn") : null,
    entry.operation === null && entry.status === 404 ? badge("unknown URL", "warn") : null,
    entry.fidelity === "generic" ? badge("generic") : null,
    isOAuth(entry) ? badge(entry.method === "POST" && !entry.path.includes("/authorize") ? "OAuth" : "OAuth page") : null,
  ];
}

let showsSetUp = false;
const gaps = el("section", {class: "gaps"});
const setUp = el("div", {class: "actions"});

/** The requested operations that are not emulated, and those that are generic, each with a link to its requests. */
function showGaps({not_emulated: refused, generic}) {
  const lines = (counts, filter) =>
    Object.entries(counts).map(([name, count]) => {
      const words = `${filter} ${name.split(" ")[1].split("/{")[0]}`;
      return el("li", {}, el("a", {href: `#requests/${encodeURIComponent(words)}`}, name), `, ${plural(count, "request")}`);
    });
  const part = (title, filter, counts) =>
    Object.keys(counts).length ? el("section", {class: "card"}, el("h3", {}, link("requests", filter, title)), el("ul", {class: "names"}, lines(counts, filter))) : null;
  const text = JSON.stringify([refused, generic]);
  if (gaps.dataset.text === text) return;
  gaps.dataset.text = text;
  gaps.replaceChildren(
    ...[
      part("Operations that were requested and are not emulated", `error:${NOT_EMULATED}`, refused),
      part("Operations that are generic: the API description alone decides", "fidelity:generic", generic),
    ].filter(Boolean),
  );
}

function showSetUp(count) {
  const label = `${showsSetUp ? "Hide" : "Show"} ${plural(count, "request")} of set-up`;
  if (setUp.textContent === (count ? label : "")) return;
  const toggle = button(label, async () => {
    showsSetUp = !showsSetUp;
    showSetUp(count);
  }, {kind: "small"});
  setUp.replaceChildren(...(count ? [toggle] : []));
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
      ["Operation", entry.operation ?? "none: the URL is unknown"],
      ["Fidelity", entry.fidelity],
      ["Account", accountOf(entry) && link("accounts", accountOf(entry))],
      ["API version", entry.version],
      ["Idempotency key", entry.idempotency_key],
      ["Error", entry.error],
      ["Message", message(entry.response_body)],
      ["Hint", entry.hint],
      ["Fault", entry.fault && link("faults", entry.fault)],
      ["Client", entry.user_agent],
    ]),
    request ? block(title("Request body", entry.request_body), request) : null,
    response ? block(title("Response body", entry.response_body), response) : null,
    isCut(entry.request_body) || isOAuth(entry) ? null : command((key) => curl(entry, key), "With curl"),
  ];
}

export default {
  title: "Requests",
  list: () => new List(draw, (entry) => entry.request_id),
  hint: "status:4, acct_…",
  tools: () => el("div", {class: "summary"}, gaps, setUp),
  isShown: (entry) => showsSetUp || !isSetUp(entry),
  load: async (limit) => {
    const [{data, total}, counts] = await Promise.all([get(`/requests?limit=${limit}`), get("/operations")]);
    showGaps(counts);
    showSetUp(data.filter(isSetUp).length);
    return {items: data.reverse(), total};
  },
  empty: () =>
    empty(
      "No requests yet",
      "Point an SDK at this address with the key of this sandbox, or try it with curl:",
      command((key) => `curl ${location.origin}/v1/accounts -u ${key}: -d type=express`),
    ),
};
