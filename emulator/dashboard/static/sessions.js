// Account sessions: how long each can still be claimed, who tried, and what the page did with it.

import {get} from "./api.js";
import {now, countdown} from "./clock.js";
import {badge, block, cell, command, el, empty, facts, List, row} from "./dom.js";
import {json, masked, moment, time} from "./format.js";

const TONES = {open: "info", claimed: "good", expired: "plain"};

function draw(session) {
  const names = Object.keys(session.components);
  const summary = [
    cell("at", time(session.created)),
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
    facts([
      ["Client secret", masked(session.client_secret)],
      ["Created", moment(session.created)],
      ["Secret expires", moment(session.expires_at)],
      ["Claimed", session.claimed_at && moment(session.claimed_at)],
      ["Session ends", session.session_expires_at && moment(session.session_expires_at)],
      ["Claimed by", session.origin],
      ["Mounted", session.mounted.join(", ")],
    ]),
    tries(session.claim_attempts),
    block("Components", json(session.components)),
    session.events.length ? block("Events of the page", json(session.events)) : null,
    session.errors.length ? block("Errors of the page", json(session.errors)) : null,
  ];
}

function tries(attempts) {
  if (!attempts.length) return el("p", {class: "quiet"}, "Nobody has tried to claim it.");
  const lines = attempts.map((attempt) =>
    el(
      "tr",
      {},
      el("td", {}, time(attempt.at)),
      el("td", {}, badge(attempt.outcome, attempt.outcome === "claimed" ? "good" : "warn")),
    ),
  );
  const head = el("tr", {}, el("th", {scope: "col"}, "Tried at"), el("th", {scope: "col"}, "Outcome"));
  return el("table", {}, el("caption", {}, "Claims"), el("thead", {}, head), el("tbody", {}, lines));
}

/** Whether a session that is shown as open has expired meanwhile. */
export function isStale(sessions) {
  return sessions.some((session) => session.state === "open" && session.expires_at <= now());
}

export default {
  title: "Account sessions",
  list: () => new List(draw, (session) => session.client_secret),
  load: async () => (await get("/account_sessions")).data,
  stale: isStale,
  empty: () =>
    empty(
      "No account sessions yet",
      "Your server makes one for each page that shows an embedded component:",
      command(
        `curl ${location.origin}/v1/account_sessions -u YOUR_SECRET_KEY: \\\n  -d account=acct_... ` +
          '-d "components[payouts][enabled]=true"',
      ),
    ),
};
