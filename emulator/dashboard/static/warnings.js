// What passed here and may hurt later.

import {get} from "./api.js";
import {badge, el, empty, List} from "./dom.js";

function draw({kind, message}) {
  return el("p", {class: "warning"}, badge(kind.replaceAll("_", " "), "warn"), " ", message);
}

export default {
  title: "Warnings",
  list: () => new List(draw, ({kind, message}) => `${kind} ${message}`),
  load: async () => (await get("/warnings")).data,
  empty: () => empty("No warnings", "Secrets that nobody claimed or that were claimed twice, requests without an idempotency key and old SDKs would be listed here."),
};
