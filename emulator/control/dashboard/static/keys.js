// Which sandbox is looked at: a secret key, entered once for the tab.

import {call, forgetKeys, get, keys, post, useKey, useToken} from "./api.js";
import {button, el, field, form, notice} from "./dom.js";
import {masked, plural} from "./format.js";

/** The sandboxes of this tab, and a way to others. `changed` runs when another one was chosen. */
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
    notice("The sandbox is empty, and its clock is the machine's.");
    changed("again");
  };
  const leave = () => {
    forgetKeys();
    changed();
  };
  return [choice, button("Reset", reset, {sure: "Really empty it?", kind: "danger"}), button("Leave", leave)];
}

/** What the control API tells programs of headers, in the words of this form. */
const REFUSALS = {
  secret_key_required: () => "This is no secret key. Enter one that starts with sk_test_ or rk_test_: a sandbox belongs to a secret key.",
  control_token_required: ({message}) => `${message} Enter the one that the emulator was started with, --control-token.`,
};

const said = (error) => REFUSALS[error.code]?.(error) ?? `${error.message} ${error.hint}`;

/** Asks for a key, and for the token of the control API when `error` says that it wants one. */
export function entry(changed, error, typed = "") {
  const wantsToken = error?.code === "control_token_required";
  const key = el("input", {name: "key", type: "password", autocomplete: "off", spellcheck: "false", required: true, placeholder: "sk_test_123"});
  key.value = typed || (wantsToken && keys()[0]) || "";
  const token = el("input", {name: "token", type: "password", autocomplete: "off", required: true});
  const problem = el("p", {class: "problem", role: "alert"}, error ? said(error) : "");
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
    el("h2", {}, "Which sandbox?"),
    el("p", {}, "Each secret key is a platform in a sandbox of its own. Enter the one that your tests use; this tab keeps it until it is closed."),
    field("Secret key", key),
    wantsToken ? field("Token of the control API", token) : null,
    problem,
    enter,
    keys().length && !wantsToken ? button("Back to the sandbox that was open", () => changed()) : null,
    crowd(),
  );
  setTimeout(() => (wantsToken ? token : key).focus());
  return entrance;
}

function crowd() {
  const node = el("p", {class: "quiet"});
  get("/health").then(
    ({sandboxes}) => (node.textContent = sandboxes ? `This emulator holds ${plural(sandboxes, "sandbox", "sandboxes")}, and does not list them: their names are their keys.` : "This emulator holds no sandbox yet: the first request with a key makes one."),
    () => (node.textContent = "The emulator does not answer."),
  );
  return node;
}
