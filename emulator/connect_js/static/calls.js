// Requests to the emulator: through a frame on its own origin, which the Content-Security-Policy that Stripe documents
// allows; or directly, where there are no frames or the frame does not respond.
// The native functions are kept here: tests replace fetch and freeze timers after the script has run.
const scriptOrigin = document.currentScript && document.currentScript.src ? new URL(document.currentScript.src).origin : null;
const nativeFetch = globalThis.fetch ? globalThis.fetch.bind(globalThis) : null;
const nativeTimeout = globalThis.setTimeout.bind(globalThis);
const GREETING = "stripe-emulator";
const AFTER_LOAD_MS = 150; // for a message that is already in the page's queue
const LOAD_MS = 3000;

/** Run in a task of its own, also when timers are frozen. */
function queueTask(task) {
  const run = () => pageReplaced() || task();
  if (typeof MessageChannel === "undefined") return void nativeTimeout(run, 0);
  const channel = new MessageChannel();
  channel.port1.onmessage = () => {
    channel.port1.close();
    run();
  };
  channel.port2.postMessage(null);
}

// Unit tests remove their page while responses are under way; promises of a removed page never resolve.
// Where unit tests share modules, the packages outlive a page and start again in the next one.
let page = globalThis.document;
const pageReplaced = () => globalThis.document !== page;
const unlessReplaced = async (promise) => {
  const found = await promise;
  return pageReplaced() ? new Promise(() => {}) : found;
};

const pause = (ms) => unlessReplaced(new Promise((done) => nativeTimeout(done, ms)));

/** An error for the page's onLoadError. */
class LoadError extends Error {
  constructor(type, message, code, param) {
    super(message);
    this.type = type;
    this.code = code;
    this.param = param; // the field that caused it
  }
}

class Frame {
  constructor() {
    this.waiting = new Map();
    this.next = 0;
  }

  /** The port to the frame; null if no frame responds. A frame that the page has removed is created again. */
  port() {
    if (!this.opening || (this.element && !this.element.isConnected)) this.opening = this.open();
    return this.opening;
  }

  async open() {
    for (const id of this.waiting.keys()) this.settle({id, status: 0, text: ""}); // requests to a removed frame
    const frame = (this.element = document.createElement("iframe"));
    const port = this.handshake(frame);
    frame.src = scriptOrigin + CONFIG.bridge;
    frame.hidden = true;
    frame.tabIndex = -1;
    frame.title = "Stripe emulator";
    frame.setAttribute("aria-hidden", "true");
    document.documentElement.append(frame);
    const found = await port;
    if (!found) frame.remove();
    if (!found && this.element === frame) this.element = null;
    return found;
  }

  /**
   * A port, once the frame has sent its greeting; null if it holds another page, or none.
   * The greeting comes before the load event, however slow the machine is: a frame that has loaded without it holds
   * another page.
   */
  handshake(frame) {
    return new Promise((done) => {
      const onMessage = (event) => {
        if (event.source !== frame.contentWindow || event.data !== GREETING) return;
        event.stopImmediatePropagation(); // other listeners of the page do not expect this message
        end(this.openPort(frame));
      };
      const blocked = ({blockedURI}) => String(blockedURI).startsWith(scriptOrigin) && end(null);
      let waiting = true;
      const end = (port) => {
        waiting = false;
        window.removeEventListener("message", onMessage, true);
        document.removeEventListener("securitypolicyviolation", blocked);
        done(port);
      };
      window.addEventListener("message", onMessage, true);
      document.addEventListener("securitypolicyviolation", blocked);
      frame.addEventListener("load", () => nativeTimeout(() => end(null), AFTER_LOAD_MS), {once: true});
      // A frame that neither loads nor fails is given up only if a direct request works.
      nativeTimeout(async () => waiting && (await reachable()) && end(null), LOAD_MS);
    });
  }

  openPort(frame) {
    const {port1, port2} = new MessageChannel();
    port1.onmessage = ({data}) => this.settle(data);
    frame.contentWindow.postMessage(GREETING, "*", [port2]);
    return port1;
  }

  settle({id, status, text}) {
    const done = this.waiting.get(id);
    this.waiting.delete(id);
    if (done) done({status, text});
  }

  async send(path, body) {
    const port = await this.port();
    if (!port) return null;
    const id = this.next++;
    return new Promise((done) => {
      this.waiting.set(id, done);
      port.postMessage({id, path, body});
    });
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

/** Whether the page can reach the emulator directly. */
const reachable = () => nativeFetch(CONFIG.origin + CONFIG.bridge, {method: "HEAD"}).then(() => true, () => false);

const BY_STATUS = (status) => (status === 429 ? "rate_limit_error" : status >= 500 ? "api_error" : "invalid_request_error");
const KEY_CODES = new Set(
  "invalid_publishable_key secret_key_given live_keys_refused mode_mismatch publishable_key_mismatch".split(" "),
);

const send = async (path, body) => (frame && (await frame.send(path, body))) || direct(path, body);

const routedFrom = scriptOrigin && scriptOrigin !== CONFIG.origin ? `, to which ${scriptOrigin} is routed` : "";

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
