// What passed here and may hurt later.

import {get} from "./api.js";
import {badge, el, empty} from "./dom.js";
import {plural} from "./format.js";
import {cell, List, row} from "./list.js";

const FEW = 3; // more of a kind come under one row

function line(kind, message) {
  return el("p", {class: "warning"}, badge(kind.replaceAll("_", " "), "warn"), " ", message);
}

function draw({kind, messages}) {
  if (messages.length === 1) return line(kind, messages[0]);
  const summary = [
    cell("state", badge(kind.replaceAll("_", " "), "warn")),
    cell("main", plural(messages.length, "time", "times")),
    cell("wide quiet", messages[0]),
  ];
  return row(summary, () => messages.map((message) => el("p", {}, message)), kind);
}

/** The warnings, by kind where there are many of one. A few may be of the same words. */
async function load() {
  const {data} = await get("/warnings");
  const kinds = new Map();
  for (const {kind, message} of data) kinds.set(kind, [...(kinds.get(kind) ?? []), message]);
  const items = [...kinds].flatMap(([kind, messages]) =>
    messages.length > FEW
      ? [{key: kind, kind, messages}]
      : messages.map((message, index) => ({key: `${kind} ${index}`, kind, messages: [message]})),
  );
  return {items, total: items.length};
}

export default {
  title: "Warnings",
  list: () => new List(draw, ({key}) => key),
  load,
  empty: () => empty("No warnings", "Secrets that nobody claimed or that were claimed twice, requests without an idempotency key and old SDKs would be listed here."),
};
