// Webhook endpoints, every delivery to them, and what became of each try.

import {get} from "./api.js";
import {badge, block, button, command, copied, el, empty, facts, link} from "./dom.js";
import {resend} from "./events.js";
import {masked, moment, plural} from "./format.js";
import {at, cell, List, row} from "./list.js";

const TONES = {succeeded: "good", retried: "warn", pending: "info", failed: "bad"};
const revealed = new Set(); // secrets that are to be seen, by endpoint

/** The endpoints, and then what was sent to all of them, the newest first. */
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

/** Its state, `retried` if it is pending because a try has failed. */
const stateOf = ({state, attempts}) => (state === "pending" && attempts.at(-1)?.error ? "retried" : state);
const WORDS = {retried: "to be retried"};
const standing = (state, count) => badge(`${count ?? ""} ${WORDS[state] ?? state}`.trim(), TONES[state]);

const keyOf = (item) => (item.event ? `${item.event} ${item.endpoint}` : item.id);

function draw(item) {
  return item.event ? delivery(item) : endpoint(item);
}

function endpoint(item) {
  const sent = Object.keys(TONES).filter((state) => item.sent[state]);
  const summary = [
    cell("kind", "endpoint"),
    cell("main mono", item.url),
    cell("state", item.status === "disabled" ? badge("disabled", "off") : null, sent.map((state) => standing(state, item.sent[state]))),
    cell("wide quiet", sent.length ? hears(item) : "Nothing was sent here yet."),
  ];
  const node = row(summary, () => described(item), item.id);
  node.classList.add("endpoint");
  return node;
}

function described(item) {
  return facts([
    ["Endpoint", copied(item.id)],
    ["Address", item.url],
    ["Status", item.status],
    ["Hears of", hears(item)],
    ["Events", item.enabled_events?.join(", ")],
    ["Secret", secret(item)],
  ]);
}

function hears(item) {
  if (item.id === "forward_to") return "everything";
  if (item.id === "forward_thin_to") return "everything, as thin events";
  if (item.events_from) return `${item.events_from.join(", ")}, as ${item.event_payload} events`;
  return item.connect ? "connected accounts" : "the platform";
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
  const words = last ? (last.error ?? `Answered ${last.status} in ${last.milliseconds} ms.`) : "Not tried yet.";
  const summary = [
    at(last?.at ?? item.due_at),
    cell("main", item.type ?? item.event, " ", el("span", {class: "mono quiet"}, item.url)),
    cell("state", item.attempts.length > 1 ? badge(plural(item.attempts.length, "try", "tries")) : null, standing(stateOf(item))),
    cell("wide quiet", words),
  ];
  return row(summary, () => inside(item), keyOf(item));
}

function inside(item) {
  return [
    el("div", {class: "actions"}, button("Send again", () => resend(item.event, item.endpoint))),
    facts([
      ["Event", link("events", item.event)],
      ["Endpoint", item.endpoint],
      ["Address", item.url],
      ["Next try", item.due_at && moment(item.due_at)],
    ]),
    item.attempts.toReversed().map((attempt) => {
      const outcome = attempt.error ?? `Answered ${attempt.status}.`;
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
