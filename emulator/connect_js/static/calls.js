// How the script talks to the emulator: through a frame on its own origin, which the Content-Security-Policy that Stripe
// documents allows; or directly, where there are no frames or nobody answers in the frame.
// The machine's own functions are kept here: tests replace fetch and freeze timers after the script has run.
const here = document.currentScript && document.currentScript.src ? new URL(document.currentScript.src).origin : null;
const fetchNow = globalThis.fetch ? globalThis.fetch.bind(globalThis) : null;
const timeout = globalThis.setTimeout.bind(globalThis);
const HELLO = "stripe-emulator";
const AFTER_LOAD_MS = 150; // for a message that arrived before and waits in the page's queue
const LOAD_MS = 3000;

/** Runs in a task of its own, also when timers are frozen. */
function later(task) {
  const run = () => gone() || task();
  if (typeof MessageChannel === "undefined") return void timeout(run, 0);
  const channel = new MessageChannel();
  channel.port1.onmessage = () => {
    channel.port1.close();
    run();
  };
  channel.port2.postMessage(null);
}

// Unit tests take their page away while answers are on their way; what waits for these then waits for ever.
// The packages outlive a page where unit tests share their modules, and start anew in the next one.
let page = globalThis.document;
const gone = () => globalThis.document !== page;
const unlessGone = async (promise) => {
  const found = await promise;
  return gone() ? new Promise(() => {}) : found;
};

const pause = (ms) => unlessGone(new Promise((done) => timeout(done, ms)));

/** An error as the page's onLoadError gets it. */
class LoadError extends Error {
  constructor(type, message, code, param) {
    super(message);
    this.type = type;
    this.code = code;
    this.param = param; // the field that it is about
  }
}

class Frame {
  constructor() {
    this.waiting = new Map();
    this.next = 0;
  }

  /** The port to the frame; null where no frame answers. A frame that the page has thrown away is made again. */
  port() {
    if (!this.opening || (this.element && !this.element.isConnected)) this.opening = this.open();
    return this.opening;
  }

  async open() {
    for (const id of this.waiting.keys()) this.settle({id, status: 0, text: ""}); // what a thrown away frame was asked
    const frame = (this.element = document.createElement("iframe"));
    const port = this.greeted(frame);
    frame.src = here + FACTS.bridge;
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
   * A port, once the frame has said that it is there; null when there is another page in it, or none.
   * It says so before it has loaded, however slow the machine is; so one that has loaded and said nothing is another page.
   */
  greeted(frame) {
    return new Promise((done) => {
      const heard = (event) => {
        if (event.source !== frame.contentWindow || event.data !== HELLO) return;
        event.stopImmediatePropagation(); // later listeners of the page expect messages of their own
        end(this.greet(frame));
      };
      const blocked = ({blockedURI}) => String(blockedURI).startsWith(here) && end(null);
      let waiting = true;
      const end = (port) => {
        waiting = false;
        window.removeEventListener("message", heard, true);
        document.removeEventListener("securitypolicyviolation", blocked);
        done(port);
      };
      window.addEventListener("message", heard, true);
      document.addEventListener("securitypolicyviolation", blocked);
      frame.addEventListener("load", () => timeout(() => end(null), AFTER_LOAD_MS), {once: true});
      // One that neither loads nor fails is left only for a better way.
      timeout(async () => waiting && (await reachable()) && end(null), LOAD_MS);
    });
  }

  greet(frame) {
    const {port1, port2} = new MessageChannel();
    port1.onmessage = ({data}) => this.settle(data);
    frame.contentWindow.postMessage(HELLO, "*", [port2]);
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

const frame = here && typeof MessageChannel !== "undefined" ? new Frame() : null;

async function direct(path, body) {
  try {
    const answer = await fetchNow(`${FACTS.origin}/_emulator/connect/${path}`, {
      method: "POST",
      headers: {"content-type": "application/json"},
      body: JSON.stringify({...body, origin: location.origin}),
    });
    return {status: answer.status, text: await answer.text()};
  } catch {
    return {status: 0, text: ""};
  }
}

/** Whether the emulator answers the page itself. */
const reachable = () => fetchNow(FACTS.origin + FACTS.bridge, {method: "HEAD"}).then(() => true, () => false);

const BY_STATUS = (status) => (status === 429 ? "rate_limit_error" : status >= 500 ? "api_error" : "invalid_request_error");
const KEY_CODES = new Set(
  "invalid_publishable_key secret_key_given live_keys_refused mode_mismatch publishable_key_mismatch".split(" "),
);

const carried = async (path, body) => (frame && (await frame.send(path, body))) || direct(path, body);

const way = here && here !== FACTS.origin ? `, to which ${here} was led` : "";

/** The answer's body. Throws a LoadError. */
async function call(path, body) {
  await unlessGone();
  const {status, text} = await unlessGone(carried(path, body));
  if (status === 0) throw new LoadError("api_connection_error", `No emulator answers at ${FACTS.origin}${way}.`);
  let answer;
  try {
    answer = JSON.parse(text);
  } catch {
    throw new LoadError(BY_STATUS(status), `The emulator answered with status ${status}.`);
  }
  if (status < 400) return answer;
  const {code, message, hint, param, load_error: type} = answer.error || {};
  const known = KEY_CODES.has(code) ? "authentication_error" : type || BY_STATUS(status);
  throw new LoadError(known, [message, hint].filter(Boolean).join(" "), code, param);
}
