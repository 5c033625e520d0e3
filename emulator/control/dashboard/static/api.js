// Requests to the control API. The key and the token are kept in the session storage of the tab only.

const ROOT = "/_emulator";
const KEYS = "stripe-emulator-keys";
const TOKEN = "stripe-emulator-token";

export class ApiError extends Error {
  constructor(status, {code = "", message = `The emulator responded with ${status}.`, hint = ""} = {}) {
    super(message);
    Object.assign(this, {status, code, hint});
  }
}

export function keys() {
  try {
    return JSON.parse(sessionStorage.getItem(KEYS)) ?? [];
  } catch {
    return [];
  }
}

/** Makes a key the first one, whose sandbox is shown. */
export function useKey(key) {
  sessionStorage.setItem(KEYS, JSON.stringify([key, ...keys().filter((other) => other !== key)].slice(0, 20)));
}

export function forgetKeys() {
  sessionStorage.removeItem(KEYS);
  sessionStorage.removeItem(TOKEN);
}

export function useToken(token) {
  sessionStorage.setItem(TOKEN, token);
}

function headers(key) {
  const token = sessionStorage.getItem(TOKEN);
  return {...(key ? {authorization: `Bearer ${key}`} : {}), ...(token ? {"x-emulator-token": token} : {})};
}

export async function call(method, path, body, key = keys()[0]) {
  const json = body === undefined ? undefined : JSON.stringify(body);
  const type = body === undefined ? {} : {"content-type": "application/json"};
  let response;
  try {
    response = await fetch(ROOT + path, {method, headers: {...headers(key), ...type}, body: json});
  } catch {
    throw new ApiError(0, {message: "The emulator does not respond.", hint: "Is it still running?"});
  }
  const value = await response.json().catch(() => ({}));
  if (!response.ok) throw new ApiError(response.status, value.error);
  return value;
}

export const get = (path) => call("GET", path);
export const post = (path, body = {}) => call("POST", path, body);

/** Follows the sandbox's stream until `signal` aborts it: `onMessage` gets each message, `onState` the state of the connection. */
export async function follow(signal, onMessage, onState) {
  for (let failures = 0; !signal.aborted; ) {
    try {
      const response = await fetch(`${ROOT}/stream`, {headers: headers(keys()[0]), signal});
      if (!response.ok) throw new ApiError(response.status, (await response.json()).error);
      onState("live");
      failures = 0;
      await read(response.body.getReader(), onMessage);
      onState("lost");
    } catch (error) {
      if (signal.aborted) return;
      failures += 1;
      onState(error.code === "too_many_streams" ? "full" : "lost", error);
    }
    if (!signal.aborted) {
      await new Promise((resume) => setTimeout(resume, Math.min(500 * 2 ** failures, 8000)));
    }
  }
}

async function read(reader, onMessage) {
  const decoder = new TextDecoder();
  let rest = "";
  for (;;) {
    const {done, value} = await reader.read();
    if (done) return;
    const parts = (rest + decoder.decode(value, {stream: true})).split("\n\n");
    rest = parts.pop();
    const data = parts.map((part) => part.split("\n").find((line) => line.startsWith("data: "))).filter(Boolean);
    if (data.length) onMessage(JSON.parse(data.at(-1).slice(6))); // the last message is the current state
  }
}
