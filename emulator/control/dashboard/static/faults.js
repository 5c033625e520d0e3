// Faults: list, add and remove.

import {call, get, post} from "./api.js";
import {badge, button, el, empty, facts, field, form, link, notice, select} from "./dom.js";
import {plural} from "./format.js";
import {List} from "./list.js";

const CONNECTIONS = [["", "normal"], ["drop", "dropped"], ["half", "cut in half"], ["malformed", "malformed"], ["timeout", "timeout"]];
const MOMENTS = [["before", "before it runs"], ["after", "after it ran"]];
const METHODS = [["", "any"], ["GET", "GET"], ["POST", "POST"], ["DELETE", "DELETE"]];

const EFFECTS = ["error", "status", "latency", "connection"];
const TITLES = {
  error: "Error",
  arguments: "Arguments",
  status: "Status",
  latency: "Latency",
  connection: "Connection",
  method: "Method",
  path: "Path, with *",
  account: "Account",
  times: "Times, empty: no limit",
  probability: "Probability",
  moment: "When",
};
const pair = (text) => text.split(/=(.*)/s).slice(0, 2).map((part) => part.trim());
const READ = {
  status: Number,
  latency: Number,
  times: Number,
  probability: Number,
  arguments: (text) => Object.fromEntries(text.split(",").map(pair)),
};

function draw(fault) {
  const {match, effect} = fault;
  const path = `${match.method ?? "any"} ${match.path}`;
  return el(
    "article",
    {class: "fault", data: {key: fault.id}},
    el("h2", {}, effects(effect).join(", ")),
    el("span", {class: "state"}, badge(plural(fault.hits, "hit"), fault.hits ? "info" : "plain")),
    facts([
      ["Error", effect.error],
      ["Message", effect.message],
      ["Requests", el("span", {class: "mono"}, path)],
      ["Account", match.account],
      ["Parameters", Object.entries(match.params).map(([name, value]) => `${name}=${value}`).join(", ")],
      ["When", Object.fromEntries(MOMENTS)[fault.moment]],
      ["Times", fault.times === null ? "no limit" : String(fault.times)],
      ["Probability", fault.probability === 1 ? null : String(fault.probability)],
      ["Required", fault.required ? "the test fails without a hit" : null],
      ["Hits", fault.hits ? link("requests", fault.id, "requests that it was applied to") : null],
    ]),
    button("Remove", () => call("DELETE", `/faults/${encodeURIComponent(fault.id)}`)),
  );
}

function effects(effect) {
  return [
    effect.error && effect.code,
    effect.status && `status ${effect.status}`,
    effect.latency && `${effect.latency} s of latency`,
    effect.connection && `connection: ${effect.connection}`,
  ].filter(Boolean);
}

function tools() {
  const known = el("datalist", {id: "errors"});
  get("/faults/errors").then(({data}) => known.append(...data.map((value) => el("option", {value}))), () => {});
  const controls = {
    error: el("input", {name: "error", list: "errors", placeholder: "lock_timeout"}),
    arguments: el("input", {name: "arguments", placeholder: "path=email, echo=no"}),
    status: el("input", {name: "status", type: "number", min: "400", max: "599", placeholder: "502"}),
    latency: el("input", {name: "latency", type: "number", min: "0", max: "600", step: "any", placeholder: "seconds"}),
    connection: select("connection", CONNECTIONS),
    method: select("method", METHODS),
    path: el("input", {name: "path", placeholder: "/v1/account_sessions"}),
    account: el("input", {name: "account", placeholder: "acct_…"}),
    times: el("input", {name: "times", type: "number", min: "1", value: "1"}),
    probability: el("input", {name: "probability", type: "number", min: "0", max: "1", step: "any", placeholder: "1"}),
    moment: select("moment", MOMENTS),
  };
  const submit = button("Add the fault", async () => {
    if (!EFFECTS.some((name) => controls[name].value)) throw new Error("Choose an effect: an error, a status, a latency or a connection.");
    await add(values(controls));
    notice("The fault was added.");
  }, {kind: "primary", submit: true});
  const clear = button("Remove all", () => call("DELETE", "/faults"), {confirm: "Really remove all?", kind: "danger apart"});
  const fields = Object.entries(controls).map(([name, control]) => field(TITLES[name], control));
  const buttons = el("div", {class: "buttons"}, submit, clear);
  return el("section", {class: "card"}, el("h2", {}, "Make a request fail"), form("form", fields, known, buttons));
}

/** Adds a fault. The hint about the fields of the API is dropped from an error, since the form has its own. */
async function add(fault) {
  try {
    await post("/faults", fault);
  } catch (error) {
    if (error.code === "invalid_fault" && !error.hint.startsWith("GET")) error.hint = "";
    throw error;
  }
}

function values(controls) {
  const given = Object.entries(controls).filter(([, control]) => control.value !== "");
  const entries = given.map(([name, {value}]) => [name, (READ[name] ?? ((text) => text.trim()))(value)]);
  return {...(controls.times.value === "" ? {times: null} : {}), ...Object.fromEntries(entries)};
}

export default {
  title: "Faults",
  tools,
  list: () => new List(draw, (fault) => fault.id),
  hint: "lock_timeout, /v1/accounts",
  load: async () => {
    const {data} = await get("/faults");
    return {items: data, total: data.length};
  },
  empty: () => empty("No faults", "Add one above to test how your code handles a failure."),
};
