// Connected accounts: status, requirements, and actions of their owner and of Stripe.

import {get, post} from "./api.js";
import {badge, block, button, copied, el, empty, facts, field, form, link, notice, select} from "./dom.js";
import {json, moment} from "./format.js";
import {at, cell, List, parts, row} from "./list.js";
import {load, tools} from "./seeds.js";

const REASONS = [["fraud", "fraud"], ["terms_of_service", "terms of service"], ["other", "other"]];
const OUTCOMES = [["verified", "verified"], ["failed", "failed"], ["pending", "pending"]];
const STATUSES = ["active", "inactive", "pending", "unrequested"].map((status) => [status, status]);
const ENDED = {verified: "The checks have succeeded.", failed: "The checks have failed.", pending: "The checks are pending."};
const TONES = {active: "good", pending: "info", inactive: "warn"};

/** `v2` is the account in the shape of v2, undefined for one created by v1. */
function draw({account, v2}) {
  const {requirements} = account;
  const due = new Set([...requirements.currently_due, ...requirements.past_due]).size;
  const name = account.business_profile?.name ?? account.email ?? "";
  const summary = [
    at(account.created),
    cell("kind", kind(account, v2)),
    cell("main mono", account.id),
    cell("state", status(account, v2, due)),
    cell("wide quiet", parts(v2?.applied_configurations.join(", "), name, disabled(requirements, v2))),
  ];
  return row(summary, () => inside(account, v2), account.id);
}

function kind(account, v2) {
  if (!v2) return `${account.type} ${account.country}`;
  return ["v2", v2.dashboard, v2.identity?.country?.toUpperCase()].filter(Boolean).join(" ");
}

/** Whether charges, payouts and onboarding apply to the account: not if it is only a customer. */
const connected = (v2) => !v2 || v2.applied_configurations.some((name) => name !== "customer");

/** The disabled_reason; without meaning for an account that is only a customer, unless it is rejected. */
function disabled({disabled_reason: reason}, v2) {
  return connected(v2) || reason?.startsWith("rejected") ? reason : null;
}

function status(account, v2, due) {
  const can = (name) => connected(v2) && badge(name, account[`${name}_enabled`] ? "good" : "off");
  return [due ? badge(`${due} due`, "warn") : null, can("charges"), can("payouts")];
}

function inside(account, v2) {
  const {requirements} = account;
  const can = (name) => connected(v2) && (account[`${name}_enabled`] ? "enabled" : "disabled");
  return [
    actions(account, v2),
    facts([
      ["Account", copied(account.id)],
      ["Related", el("span", {class: "links"}, link("requests", account.id, "requests"), link("sessions", account.id, "account sessions"), link("events", account.id, "events"))],
      ["Created", moment(account.created)],
      ["Details submitted", account.details_submitted ? "yes" : "no"],
      ["Configurations", v2?.applied_configurations.join(", ")],
      ["Charges", can("charges") || null],
      ["Payouts", can("payouts") || null],
      ["Disabled reason", disabled(requirements, v2)],
      ["Deadline", requirements.current_deadline && moment(requirements.current_deadline)],
      ["Currently due", names(requirements.currently_due)],
      ["Past due", names(requirements.past_due)],
      ["Eventually due", names(requirements.eventually_due)],
      ["Pending verification", names(requirements.pending_verification)],
      ["Capabilities", capabilities(account.capabilities ?? {})],
    ]),
    requirements.errors.length ? block("Errors", json(requirements.errors)) : null,
    v2 ? block("The account in v2", json(v2)) : null,
    block(v2 ? "The account in v1" : "The account", json(account)),
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
      field("Outcome of the checks", outcome),
      button("End the checks", act("verify", () => ({outcome: outcome.value}), () => ENDED[outcome.value])),
    ),
    capabilityForm(account, act),
    el(
      "div",
      {class: "inline destructive"},
      field("Reason", reason),
      button("Reject", act("reject", () => ({reason: reason.value}), "The account was rejected."), {
        confirm: "Really reject?",
        kind: "danger",
      }),
      button("Disconnect", act("disconnect", () => ({}), "The account was disconnected."), {confirm: "Really disconnect?", kind: "danger"}),
    ),
  );
}

/** Overrides the status of a capability. */
function capabilityForm(account, act) {
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
      "Create one with POST /v1/accounts, or load a small marketplace: accounts that are new, active, in review, " +
        "failed, abroad and rejected.",
      button("Load the marketplace", () => load({name: "marketplace"}, "marketplace"), {kind: "primary"}),
    ),
};
