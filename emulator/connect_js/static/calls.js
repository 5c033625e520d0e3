// How the script talks to the emulator: through a frame on its own origin, which the Content-Security-Policy that Stripe
// documents allows; or directly, where there are no frames or nobody answers in the frame.
// The machine's own functions are kept here: tests replace fetch and freeze timers after the script has run.
const here = document.currentScript && document.currentScript.src ? new URL(document.currentScript.src).origin : null;
const fetchNow = globalThis.fetch ? globalThis.fetch.bind(globalThis) : null;
const timeout = globalThis.setTimeout.bind(globalThis);
const ANSWER_MS = 150; // a frame that shows an error page has loaded too, and never answers
const LOAD_MS = 3000;

/** Runs in a task of its own, also when timers are frozen. */
function later(run) {
  if (typeof MessageChannel === "undefined") return void timeout(run, 0);
  const channel = new MessageChannel();
  channel.port1.onmessage = () => {
    channel.port1.close();
    run();
  };
  channel.port2.postMessage(null);
}

const pause = (ms) => new Promise((done) => timeout(done, ms));

/** An error as the page's onLoadError gets it. */
class LoadError extends Error {
  constructor(type, message, code) {
    super(message);
    this.type = type;
    this.code = code;
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
    const frame = (this.element = document.createElement("iframe"));
    const loaded = new Promise((done) => frame.addEventListener("load", done, {once: true}));
    frame.src = here + FACTS.bridge;
    frame.hidden = true;
    frame.tabIndex = -1;
    frame.title = "Stripe emulator";
    frame.setAttribute("aria-hidden", "true");
    document.documentElement.append(frame);
    await Promise.race([loaded, pause(LOAD_MS)]);
    const port = await this.greet(frame);
    if (!port) frame.remove();
    this.element = port ? frame : null;
    return port;
  }

  greet(frame) {
    return new Promise((done) => {
      const {port1, port2} = new MessageChannel();
      port1.onmessage = ({data}) => (data.ready ? done(port1) : this.settle(data));
      if (!frame.contentWindow) return done(null);
      frame.contentWindow.postMessage("stripe-emulator", "*", [port2]);
      timeout(() => done(null), ANSWER_MS);
    });
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

const BY_STATUS = (status) => (status === 429 ? "rate_limit_error" : status >= 500 ? "api_error" : "invalid_request_error");
const KEY_CODES = new Set(
  "invalid_publishable_key secret_key_given live_keys_refused mode_mismatch publishable_key_mismatch".split(" "),
);

/** The answer's body. Throws a LoadError. */
async function call(path, body) {
  const {status, text} = (frame && (await frame.send(path, body))) || (await direct(path, body));
  if (status === 0) throw new LoadError("api_connection_error", `No emulator answers at ${here || FACTS.origin}.`);
  let answer;
  try {
    answer = JSON.parse(text);
  } catch {
    throw new LoadError(BY_STATUS(status), `The emulator answered with status ${status}.`);
  }
  if (status < 400) return answer;
  const {code, message, hint, load_error: type} = answer.error || {};
  const known = KEY_CODES.has(code) ? "authentication_error" : type || BY_STATUS(status);
  throw new LoadError(known, [message, hint].filter(Boolean).join(" "), code);
}
