// Webhook endpoints, every delivery to them, and what became of each try.

import {get} from "./api.js";
import {badge, block, button, cell, command, el, empty, facts, List, row} from "./dom.js";
import {resend} from "./events.js";
import {masked, moment, plural, time} from "./format.js";

const TONES = {succeeded: "good", pending: "info", failed: "bad"};

/** One list of endpoints, each followed by its deliveries, the newest first. */
async function load() {
  const {data} = await get("/webhooks");
  return data.flatMap(({deliveries, ...endpoint}) => {
    const count = deliveries.length;
    const sent = deliveries.map((delivery) => ({...delivery, endpoint: endpoint.id})).reverse();
    return [{...endpoint, count}, ...sent];
  });
}

const keyOf = (item) => (item.event ? `${item.event} ${item.endpoint}` : item.id);

function draw(item) {
  return item.event ? delivery(item) : endpoint(item);
}

function endpoint(item) {
  const node = el(
    "article",
    {class: "endpoint", data: {key: item.id}},
    el("h2", {class: "mono"}, item.url),
    facts([
      ["Endpoint", item.id],
      ["Status", item.status],
      ["Hears of", hears(item)],
      ["Events", item.enabled_events?.join(", ")],
      ["Secret", secret(item.secret)],
    ]),
  );
  if (!item.count) node.append(el("p", {class: "quiet"}, "Nothing was sent here yet."));
  return node;
}

function hears(item) {
  if (item.id === "forward_to") return "everything";
  if (item.id === "forward_thin_to") return "everything, as thin events";
  if (item.events_from) return `${item.events_from.join(", ")}, as ${item.event_payload} events`;
  return item.connect ? "connected accounts" : "the platform";
}

function secret(text) {
  const shown = el("span", {class: "mono"}, masked(text));
  const show = button("Show", () => {
    const hidden = shown.textContent !== text;
    shown.textContent = hidden ? text : masked(text);
    show.textContent = hidden ? "Hide" : "Show";
  });
  show.classList.add("small");
  return el("span", {class: "secret"}, shown, " ", show);
}

function delivery(item) {
  const last = item.attempts.at(-1);
  const words = last ? (last.error ?? `Answered ${last.status} in ${last.milliseconds} ms.`) : "Not tried yet.";
  const summary = [
    cell("at", time(last?.at ?? item.due_at)),
    cell("main", item.type ?? item.event),
    cell("state", item.attempts.length > 1 ? badge(plural(item.attempts.length, "try", "tries")) : null, badge(item.state, TONES[item.state])),
    cell("wide quiet", words),
  ];
  return row(summary, () => inside(item), keyOf(item));
}

function inside(item) {
  return [
    el("div", {class: "actions"}, button("Send again", () => resend(item.event, item.endpoint))),
    facts([
      ["Event", item.event],
      ["Endpoint", item.endpoint],
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
  list: () => new List(draw, keyOf),
  load,
  empty: () =>
    empty(
      "No webhook endpoints yet",
      "Register one, with connect=true for events of connected accounts, or start the emulator with --forward-to.",
      command(
        `curl ${location.origin}/v1/webhook_endpoints -u YOUR_SECRET_KEY: \\\n  ` +
          '-d url=http://127.0.0.1:3000/webhook -d "enabled_events[]=*" -d connect=true',
      ),
    ),
};
