// Faults: what shall go wrong next, and how often it did.

import {call, get, post} from "./api.js";
import {badge, button, el, empty, facts, field, form, List, notice, select} from "./dom.js";

const CONNECTIONS = [["", "as usual"], ["drop", "dropped"], ["half", "cut in half"], ["malformed", "malformed"], ["timeout", "timeout"]];
const MOMENTS = [["before", "before it runs"], ["after", "after it ran"]];
const METHODS = [["", "any"], ["GET", "GET"], ["POST", "POST"], ["DELETE", "DELETE"]];

function draw(fault) {
  const {match, effect} = fault;
  const path = `${match.method ?? "any"} ${match.path}`;
  return el(
    "article",
    {class: "fault", data: {key: fault.id}},
    el("h2", {}, effects(effect).join(", ")),
    el("span", {class: "state"}, badge(fault.hits === 1 ? "hit once" : `${fault.hits} hits`, fault.hits ? "info" : "plain")),
    facts([
      ["Error", effect.error],
      ["Requests", el("span", {class: "mono"}, path)],
      ["Account", match.account],
      ["Parameters", Object.entries(match.params).map(([name, value]) => `${name}=${value}`).join(", ")],
      ["When", fault.moment],
      ["Times", fault.times === null ? "without end" : String(fault.times)],
      ["Probability", fault.probability === 1 ? null : String(fault.probability)],
    ]),
    button("Remove", () => call("DELETE", `/faults/${encodeURIComponent(fault.id)}`)),
  );
}

function effects(effect) {
  return [
    effect.error && "an error",
    effect.status && `status ${effect.status}`,
    effect.latency && `${effect.latency} s late`,
    effect.connection && `connection: ${effect.connection}`,
  ].filter(Boolean);
}

function tools() {
  const known = el("datalist", {id: "errors"});
  get("/faults/errors").then(({data}) => known.append(...data.map((value) => el("option", {value}))), () => {});
  const controls = {
    error: el("input", {name: "error", list: "errors", placeholder: "lock_timeout"}),
    status: el("input", {name: "status", type: "number", min: "400", max: "599", placeholder: "502"}),
    latency: el("input", {name: "latency", type: "number", min: "0", step: "any", placeholder: "seconds"}),
    connection: select("connection", CONNECTIONS),
    method: select("method", METHODS),
    path: el("input", {name: "path", placeholder: "/v1/account_sessions"}),
    times: el("input", {name: "times", type: "number", min: "1", value: "1"}),
    moment: select("moment", MOMENTS),
  };
  const titles = {error: "Error", status: "Status", latency: "Latency", connection: "Connection", method: "Method", path: "Path, may hold *", times: "Times, empty: no end", moment: "When"};
  const add = button("Add the fault", async () => {
    await post("/faults", wish(controls));
    notice("The fault waits for its request.");
  }, {kind: "primary", submit: true});
  const clear = button("Remove all", () => call("DELETE", "/faults"), {sure: "Really all?"});
  const fields = Object.entries(controls).map(([name, control]) => field(titles[name], control));
  const buttons = el("div", {class: "buttons"}, add, clear);
  return el("section", {class: "card"}, el("h2", {}, "Make a request fail"), form("form", fields, known, buttons));
}

function wish(controls) {
  const numbers = new Set(["status", "latency", "times"]);
  const given = Object.entries(controls).filter(([, control]) => control.value !== "");
  const values = given.map(([name, {value}]) => [name, numbers.has(name) ? Number(value) : value.trim()]);
  return {...(controls.times.value === "" ? {times: null} : {}), ...Object.fromEntries(values)};
}

export default {
  title: "Faults",
  tools,
  list: () => new List(draw, (fault) => fault.id),
  load: async () => (await get("/faults")).data,
  empty: () => empty("No faults", "Every request is answered as Stripe would. Add one above to see how your code takes it."),
};
