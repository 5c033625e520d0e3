// Requests of the components: through the frame, or directly where there are no frames or the frame does not respond.
/** An error for the page's onLoadError. */
class LoadError extends Error {
  constructor(type, message, code, param) {
    super(message);
    this.type = type;
    this.code = code;
    this.param = param; // the field that caused it
  }
}

const frame = scriptOrigin && typeof MessageChannel !== "undefined" ? new Frame() : null;

async function direct(path, body) {
  try {
    const response = await nativeFetch(`${CONFIG.origin}/_emulator/connect/${path}`, {
      method: "POST",
      headers: {"content-type": "application/json"},
      body: JSON.stringify({...body, origin: location.origin}),
    });
    return {status: response.status, text: await response.text()};
  } catch {
    return {status: 0, text: ""};
  }
}

const BY_STATUS = (status) => (status === 429 ? "rate_limit_error" : status >= 500 ? "api_error" : "invalid_request_error");
const KEY_CODES = new Set(
  "invalid_publishable_key secret_key_given live_keys_refused mode_mismatch publishable_key_mismatch".split(" "),
);

const send = async (path, body) => (frame && (await frame.send(path, body))) || direct(path, body);

/** Send a request and return the body of its response. Throws a LoadError. */
async function call(path, body) {
  await unlessReplaced();
  const {status, text} = await unlessReplaced(send(path, body));
  if (status === 0) throw new LoadError("api_connection_error", `No emulator responds at ${CONFIG.origin}${routedFrom}.`);
  let response;
  try {
    response = JSON.parse(text);
  } catch {
    throw new LoadError(BY_STATUS(status), `The emulator responded with status ${status}.`);
  }
  if (status < 400) return response;
  const {code, message, hint, param, load_error: type} = response.error || {};
  const known = KEY_CODES.has(code) ? "authentication_error" : type || BY_STATUS(status);
  throw new LoadError(known, [message, hint].filter(Boolean).join(" "), code, param);
}
