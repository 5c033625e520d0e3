// The choice of the sandbox, by a secret key that is entered once for the tab.

import {call, forgetKeys, get, keys, post, useKey, useToken} from "./api.js";
import {button, el, field, form, notice} from "./dom.js";
import {masked, plural} from "./format.js";

/** The sandboxes of this tab and a way to others. `changed` is called when another one is chosen. */
export function chooser(changed) {
  const known = keys();
  const choice = el("select", {"aria-label": "Sandbox", onchange: () => choose(choice.value)});
  choice.append(...known.map((key, index) => el("option", {value: String(index)}, masked(key))));
  choice.append(el("option", {value: "other"}, "another key…"));
  const choose = (value) => {
    if (value === "other") return changed("ask");
    useKey(known[Number(value)]);
    return changed();
  };
  const reset = async () => {
    await post("/reset");
    notice("The sandbox was reset, including its clock.");
    changed("again");
  };
  const leave = () => {
    forgetKeys();
    changed();
  };
  return [choice, button("Leave", leave), button("Reset", reset, {confirm: "Really reset?", kind: "danger apart"})];
}

/** Errors of the control API about headers, in the terms of this form. */
const MESSAGES = {
  secret_key_required: () => "This is not a secret key. Enter one that starts with sk_test_ or rk_test_.",
  control_token_required: ({message}) => `${message} Enter the value of --control-token.`,
};

const text = (error) => MESSAGES[error.code]?.(error) ?? `${error.message} ${error.hint}`;

/** The form for a key, and for the token of the control API if `error` requires it. */
export function entry(changed, error, typed = "") {
  const wantsToken = error?.code === "control_token_required";
  const key = el("input", {name: "key", type: "password", autocomplete: "off", spellcheck: "false", required: true, placeholder: "sk_test_123"});
  key.value = typed || (wantsToken && keys()[0]) || "";
  const token = el("input", {name: "token", type: "password", autocomplete: "off", required: true});
  const problem = el("p", {class: "problem", role: "alert"}, error ? text(error) : "");
  const enter = button("Open the sandbox", async () => {
    if (wantsToken) useToken(token.value);
    try {
      await call("GET", "/clock", undefined, key.value.trim());
    } catch (refused) {
      changed("refused", refused, key.value);
      return;
    }
    useKey(key.value.trim());
    changed();
  }, {kind: "primary", submit: true});
  const entrance = form(
    "entrance card",
    el("h2", {}, "Open a sandbox"),
    el("p", {}, "Each secret key has a sandbox of its own. Enter the key that your tests use; this tab keeps it until it is closed."),
    field("Secret key", key),
    wantsToken ? field("Token of the control API", token) : null,
    problem,
    enter,
    keys().length && !wantsToken ? button("Back to the open sandbox", () => changed()) : null,
    sandboxes(changed),
  );
  setTimeout(() => (wantsToken ? token : key).focus());
  return entrance;
}

/** The sandboxes of the emulator, if it lists them: only to this machine, since whoever knows a key opens its sandbox. */
function sandboxes(changed) {
  const node = el("section", {class: "block"});
  const say = (text) => node.replaceChildren(el("p", {class: "quiet"}, text));
  get("/sandboxes").then(
    ({data, total, listed}) => {
      if (!total) return say("This emulator has no sandbox yet: the first request with a key creates one.");
      if (!listed) return say(`This emulator has ${plural(total, "sandbox", "sandboxes")}. It lists them only if it listens on loopback.`);
      node.replaceChildren(el("h3", {}, "Sandboxes, the last used first"), el("ul", {class: "sandboxes"}, data.map((each) => el("li", {}, opener(each, changed)))));
    },
    (error) => error.status !== 401 && say("The emulator does not respond."),
  );
  return node;
}

function opener({key, requests, accounts}, changed) {
  const open = button(masked(key), async () => {
    useKey(key);
    changed();
  }, {kind: "mono"});
  return [open, " ", el("span", {class: "quiet"}, `${plural(requests, "request")}, ${plural(accounts, "account")}`)];
}
