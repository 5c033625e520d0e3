// Connected accounts: what they may do, what is owed, and what their owner or Stripe would do next.

import {get, post} from "./api.js";
import {badge, block, button, copied, el, empty, facts, field, form, link, notice, select} from "./dom.js";
import {json, moment} from "./format.js";
import {at, cell, List, parts, row} from "./list.js";
import {load, tools} from "./worlds.js";

const REASONS = [["fraud", "fraud"], ["terms_of_service", "terms of service"], ["other", "other"]];
const OUTCOMES = [["verified", "verified"], ["failed", "failed"], ["pending", "pending"]];
const STATUSES = ["active", "inactive", "pending", "unrequested"].map((status) => [status, status]);
const ENDED = {verified: "The checks have succeeded.", failed: "The checks have failed.", pending: "The checks are pending."};
const TONES = {active: "good", pending: "info", inactive: "warn"};

/** `v2` is the account as v2 shows it, undefined for one that v1 has made. */
function draw({account, v2}) {
  const {requirements: owed} = account;
  const due = new Set([...owed.currently_due, ...owed.past_due]).size;
  const name = account.business_profile?.name ?? account.email ?? "";
  const summary = [
    at(account.created),
    cell("kind", kind(account, v2)),
    cell("main mono", account.id),
    cell("state", standing(account, v2, due)),
    cell("wide quiet", parts(v2?.applied_configurations.join(", "), name, disabled(owed, v2))),
  ];
  return row(summary, () => inside(account, v2), account.id);
}

function kind(account, v2) {
  if (!v2) return `${account.type} ${account.country}`;
  return ["v2", v2.dashboard, v2.identity?.country?.toUpperCase()].filter(Boolean).join(" ");
}

/** Whether it can have charges and payouts: a mere customer has neither, and no onboarding. */
const connected = (v2) => !v2 || v2.applied_configurations.some((name) => name !== "customer");

/** Why it is disabled; that a mere customer has asked for no capabilities says nothing. */
function disabled({disabled_reason: reason}, v2) {
  return connected(v2) || reason?.startsWith("rejected") ? reason : null;
}

function standing(account, v2, due) {
  const can = (name) => connected(v2) && badge(name, account[`${name}_enabled`] ? "good" : "off");
  return [due ? badge(`${due} due`, "warn") : null, can("charges"), can("payouts")];
}

function inside(account, v2) {
  const {requirements: owed} = account;
  const can = (name) => connected(v2) && (account[`${name}_enabled`] ? "enabled" : "disabled");
  return [
    actions(account, v2),
    facts([
      ["Account", copied(account.id)],
      ["See", el("span", {class: "links"}, link("requests", account.id, "requests"), link("sessions", account.id, "account sessions"), link("events", account.id, "events"))],
      ["Created", moment(account.created)],
      ["Details submitted", account.details_submitted ? "yes" : "no"],
      ["Configurations", v2?.applied_configurations.join(", ")],
      ["Charges", can("charges") || null],
      ["Payouts", can("payouts") || null],
      ["Disabled because", disabled(owed, v2)],
      ["Deadline", owed.current_deadline && moment(owed.current_deadline)],
      ["Currently due", names(owed.currently_due)],
      ["Past due", names(owed.past_due)],
      ["Eventually due", names(owed.eventually_due)],
      ["Being verified", names(owed.pending_verification)],
      ["Capabilities", capabilities(account.capabilities ?? {})],
    ]),
    owed.errors.length ? block("Errors", json(owed.errors)) : null,
    v2 ? block("The account, as v2 shows it", json(v2)) : null,
    block(v2 ? "The account, as v1 shows it" : "The account", json(account)),
  ];
}

function names(list) {
  return list.length ? el("ul", {class: "names"}, list.map((name) => el("li", {}, name))) : null;
}

function capabilities(all) {
  const shown = Object.entries(all).map(([name, status]) => badge(`${name} ${status}`, TONES[status]));
  return shown.length ? el("span", {class: "badges"}, shown) : null;
}

function actions(account, v2) {
  const act = (action, body, done) => async () => {
    await post(`/accounts/${encodeURIComponent(account.id)}/${action}`, body());
    notice(typeof done === "string" ? done : done());
  };
  const requirement = el("input", {name: "requirement", placeholder: "business_profile.url", required: true});
  const [reason, outcome] = [select("reason", REASONS), select("outcome", OUTCOMES)];
  const add = button("Add", async () => {
    await act("requirements", () => ({requirement: requirement.value.trim()}), "The requirement was added.")();
    requirement.value = "";
  }, {submit: true});
  return el(
    "div",
    {class: "actions", role: "group", "aria-label": `Actions on ${account.id}`},
    connected(v2) && button("Complete onboarding", act("complete_onboarding", () => ({}), "Onboarding is complete."), {kind: "primary"}),
    form("inline", field("Requirement", requirement), add),
    el(
      "div",
      {class: "inline"},
      field("Checks end", outcome),
      button("Verify", act("verify", () => ({outcome: outcome.value}), () => ENDED[outcome.value])),
    ),
    changing(account, act),
    el(
      "div",
      {class: "inline"},
      field("Reason", reason),
      button("Reject", act("reject", () => ({reason: reason.value}), "The account was rejected."), {
        sure: "Really reject?",
        kind: "danger",
      }),
    ),
    button("Disconnect", act("disconnect", () => ({}), "The account has left the platform."), {sure: "Really disconnect?", kind: "danger"}),
  );
}

/** Gives one of its capabilities a status, whatever is owed. */
function changing(account, act) {
  const all = Object.keys(account.capabilities ?? {});
  if (!all.length) return null;
  const [name, status] = [select("capability", all.map((each) => [each, each])), select("status", STATUSES)];
  const set = async () => {
    const done = `The capability ${name.value} is ${status.value}.`;
    await act(`capabilities/${encodeURIComponent(name.value)}`, () => ({status: status.value}), done)();
  };
  return el("div", {class: "inline"}, field("Capability", name), field("Status", status), button("Set", set));
}

export default {
  title: "Accounts",
  list: () => new List(draw, ({account}) => account.id),
  hint: "acct_…, country:DE",
  tools,
  load: async (limit) => {
    const {data, v2, total} = await get(`/accounts?limit=${limit}`);
    return {items: data.map((account) => ({account, v2: v2[account.id]})), total};
  },
  empty: () =>
    empty(
      "No connected accounts yet",
      "Create one with POST /v1/accounts, or start with a small marketplace: accounts that are new, active, in review, " +
        "failed, abroad and rejected.",
      button("Load the marketplace", () => load({name: "marketplace"}, "marketplace"), {kind: "primary"}),
    ),
};
