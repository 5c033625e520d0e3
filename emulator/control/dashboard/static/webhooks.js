// Webhook endpoints and their deliveries with every attempt.

import {get} from "./api.js";
import {badge, block, button, command, copied, el, empty, facts, link} from "./dom.js";
import {resend} from "./events.js";
import {masked, moment, plural} from "./format.js";
import {at, cell, List, row} from "./list.js";

const TONES = {succeeded: "good", retried: "warn", pending: "info", failed: "bad"};
const revealed = new Set(); // endpoints whose secrets are shown

/** The endpoints, then all deliveries, newest first. */
async function load() {
  const {data} = await get("/webhooks");
  const endpoints = data.map(({deliveries, ...endpoint}) => ({...endpoint, sent: counts(deliveries)}));
  const sent = data.flatMap(({id, url, deliveries}) => deliveries.map((delivery) => ({...delivery, endpoint: id, url})).reverse());
  const items = [...endpoints, ...sent.toSorted((one, other) => begun(other) - begun(one))];
  return {items, total: items.length};
}

const begun = ({attempts, due_at: due}) => attempts[0]?.at ?? due;

function counts(deliveries) {
  const all = {};
  for (const delivery of deliveries) all[stateOf(delivery)] = (all[stateOf(delivery)] ?? 0) + 1;
  return all;
}

/** The state of a delivery; `retried` if it is pending after a failed attempt. */
const stateOf = ({state, attempts}) => (state === "pending" && attempts.at(-1)?.error ? "retried" : state);
const WORDS = {retried: "to be retried"};
const stateBadge = (state, count) => badge(`${count ?? ""} ${WORDS[state] ?? state}`.trim(), TONES[state]);

const keyOf = (item) => (item.event ? `${item.event} ${item.endpoint}` : item.id);

function draw(item) {
  return item.event ? delivery(item) : endpoint(item);
}

function endpoint(item) {
  const sent = Object.keys(TONES).filter((state) => item.sent[state]);
  const summary = [
    cell("kind", "endpoint"),
    cell("main mono", item.url),
    cell("state", item.status === "disabled" ? badge("disabled", "off") : null, sent.map((state) => stateBadge(state, item.sent[state]))),
    cell("wide quiet", sent.length ? scope(item) : "No deliveries yet."),
  ];
  const node = row(summary, () => described(item), item.id);
  node.classList.add("endpoint");
  return node;
}

function described(item) {
  return facts([
    ["Endpoint", copied(item.id)],
    ["URL", item.url],
    ["Status", item.status],
    ["Receives", scope(item)],
    ["Events", item.enabled_events?.join(", ")],
    ["Secret", secret(item)],
  ]);
}

function scope(item) {
  if (item.id === "forward_to") return "all events";
  if (item.id === "forward_thin_to") return "all thin events";
  if (item.events_from) return `${item.events_from.join(", ")}, as ${item.event_payload} events`;
  return item.connect ? "events of connected accounts" : "events of the platform";
}

function secret({id, secret: text}) {
  const node = el("span", {class: "secret"});
  const draw = () => {
    show.textContent = revealed.has(id) ? "Hide" : "Show";
    node.replaceChildren(copied(text, revealed.has(id) ? text : masked(text)), " ", show);
  };
  const show = button("Show", () => {
    if (!revealed.delete(id)) revealed.add(id);
    draw();
    show.focus();
  }, {kind: "small"});
  draw();
  return node;
}

function delivery(item) {
  const last = item.attempts.at(-1);
  const outcome = last ? (last.error ?? `Status ${last.status} in ${last.milliseconds} ms.`) : "Not attempted yet.";
  const summary = [
    at(last?.at ?? item.due_at),
    cell("main", item.type ?? item.event, " ", el("span", {class: "mono quiet"}, item.url)),
    cell("state", item.attempts.length > 1 ? badge(plural(item.attempts.length, "attempt")) : null, stateBadge(stateOf(item))),
    cell("wide quiet", outcome),
  ];
  return row(summary, () => inside(item), keyOf(item));
}

function inside(item) {
  return [
    el("div", {class: "actions"}, button("Resend", () => resend(item.event, item.endpoint))),
    facts([
      ["Event", link("events", item.event)],
      ["Endpoint", item.endpoint],
      ["URL", item.url],
      ["Next attempt", item.due_at && moment(item.due_at)],
    ]),
    item.attempts.toReversed().map((attempt) => {
      const outcome = attempt.error ?? `Status ${attempt.status}.`;
      return block(`${moment(attempt.at)}, ${attempt.milliseconds} ms: ${outcome}`, attempt.body || "(empty)");
    }),
  ];
}

export default {
  title: "Webhooks",
  hint: "state:failed, evt_…",
  list: () => new List(draw, keyOf),
  load,
  empty: () =>
    empty(
      "No webhook endpoints yet",
      "Register one, with connect=true for events of connected accounts, or start the emulator with --forward-to.",
      command(
        (key) =>
          `curl ${location.origin}/v1/webhook_endpoints -u ${key}: \\\n  ` +
          '-d url=http://127.0.0.1:3000/webhook -d "enabled_events[]=*" -d connect=true',
      ),
    ),
};
