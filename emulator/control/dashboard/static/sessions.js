// Account sessions: their state, claim attempts and component events.

import {get, post} from "./api.js";
import {now, countdown} from "./clock.js";
import {badge, block, button, command, copied, el, empty, facts, link, notice} from "./dom.js";
import {json, moment, shortened, time} from "./format.js";
import {at, cell, List, row} from "./list.js";

const TONES = {open: "info", claimed: "good", expired: "plain"};

function draw(session) {
  const names = Object.keys(session.components);
  const summary = [
    at(session.created),
    cell("state left", badge(session.state, TONES[session.state])),
    cell("main mono", session.account),
    cell("due", left(session)),
    cell("wide quiet", names.join(", ")),
  ];
  return row(summary, () => inside(session), session.client_secret);
}

function left(session) {
  if (session.state === "open") return countdown(session.expires_at, "claim within", "expired");
  if (session.state === "expired") return el("span", {class: "quiet"}, "never claimed");
  return countdown(session.session_expires_at, "ends in", "ended");
}

function inside(session) {
  return [
    session.over ? null : el("div", {class: "actions"}, button("End the session", () => end(session), {kind: "danger"})),
    facts([
      ["Client secret", copied(session.client_secret, shortened(session.client_secret))],
      ["Account", link("accounts", session.account)],
      ["Request", link("requests", shortened(session.client_secret), "the request that created it")],
      ["Created", moment(session.created)],
      ["Secret expires", moment(session.expires_at)],
      ["Claimed", session.claimed_at && moment(session.claimed_at)],
      ["Session ends", session.session_expires_at && moment(session.session_expires_at)],
      ["Claimed by", session.origin],
      ["Mounted", session.mounted.join(", ")],
    ]),
    attempts(session.claim_attempts),
    block("Components", json(session.components)),
    componentEvents([...session.events, ...session.errors]),
  ];
}

/** Whether the session has ended and its secret has expired. */
function isOver(session) {
  return session.state === "expired" || (session.session_expires_at ?? session.expires_at) <= now();
}

async function end({client_secret}) {
  const {ended} = await post("/account_sessions/end", {client_secret});
  notice(ended ? "The session has ended: its page fetches a new secret." : "The session had already ended.");
}

/** Callbacks, actions and errors of the page, in order. */
function componentEvents(all) {
  if (!all.length) return null;
  const lines = all
    .toSorted((one, other) => one.at - other.at)
    .map(({at, component, kind, name, detail}) =>
      el(
        "tr",
        {},
        el("td", {}, time(at)),
        el("td", {}, component),
        el("td", {}, kind === "error" ? badge(name, "bad") : name),
        el("td", {class: "quiet"}, detail === "[]" ? "" : detail),
      ),
    );
  const heads = ["At", "Component", "Event", "Details"].map((text) => el("th", {scope: "col"}, text));
  const head = el("thead", {}, el("tr", {}, heads));
  const table = el("table", {}, el("caption", {}, "Component events"), head, el("tbody", {class: "mono"}, lines));
  return el("div", {class: "scroll", tabindex: "0", role: "region", "aria-label": "Component events, scrollable"}, table);
}

function attempts(all) {
  if (!all.length) return el("p", {class: "quiet"}, "There was no attempt to claim it.");
  const lines = all.map((attempt) =>
    el(
      "tr",
      {},
      el("td", {}, time(attempt.at)),
      el("td", {}, badge(attempt.outcome, attempt.outcome === "claimed" ? "good" : "warn")),
    ),
  );
  const head = el("tr", {}, el("th", {scope: "col"}, "At"), el("th", {scope: "col"}, "Outcome"));
  return el("table", {}, el("caption", {}, "Claim attempts"), el("thead", {}, head), el("tbody", {}, lines));
}

/** Whether a session has expired or ended since it was loaded. */
function isStale(sessions) {
  return sessions.some((session) => (session.state === "open" && session.expires_at <= now()) || (!session.over && isOver(session)));
}

export default {
  title: "Account sessions",
  list: () => new List(draw, (session) => session.client_secret),
  hint: "state:open, acct_…",
  load: async (limit) => {
    const {data, total} = await get(`/account_sessions?limit=${limit}`);
    return {items: data.map((session) => ({...session, over: isOver(session)})), total}; // a row is redrawn when it ends
  },
  stale: isStale,
  empty: () =>
    empty(
      "No account sessions yet",
      "Your server creates one for each page with embedded components:",
      command(
        (key) =>
          `curl ${location.origin}/v1/account_sessions -u ${key}: \\\n  -d account=acct_... ` +
          '-d "components[payouts][enabled]=true"',
      ),
    ),
};
