// Warnings: accepted requests that are likely mistakes.

import {get} from "./api.js";
import {badge, el, empty} from "./dom.js";
import {plural} from "./format.js";
import {cell, List, row} from "./list.js";

const MAX_SINGLE = 3; // more warnings of one kind share a row

const kindBadge = (kind) => badge(kind.replaceAll("_", " "), "warn");

function draw({kind, messages}) {
  if (messages.length === 1) return el("p", {class: "warning"}, kindBadge(kind), " ", messages[0]);
  const summary = [
    cell("state", kindBadge(kind)),
    cell("main", plural(messages.length, "time", "times")),
    cell("wide quiet", messages[0]),
  ];
  return row(summary, () => messages.map((message) => el("p", {}, message)), kind);
}

/** The warnings, grouped by kind where there are many. The key has an index, since messages may repeat. */
async function load() {
  const {data} = await get("/warnings");
  const kinds = new Map();
  for (const {kind, message} of data) kinds.set(kind, [...(kinds.get(kind) ?? []), message]);
  const items = [...kinds].flatMap(([kind, messages]) =>
    messages.length > MAX_SINGLE
      ? [{key: kind, kind, messages}]
      : messages.map((message, index) => ({key: `${kind} ${index}`, kind, messages: [message]})),
  );
  return {items, total: items.length};
}

export default {
  title: "Warnings",
  list: () => new List(draw, ({key}) => key),
  load,
  empty: () => empty("No warnings", "Client secrets that were never claimed or claimed twice, requests without an idempotency key, keys of different sandboxes and outdated SDKs are listed here."),
};
