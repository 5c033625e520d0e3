// A frame on the emulator's origin, which the Content-Security-Policy that Stripe documents allows. Requests go through it.
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

class Frame {
  constructor(name = "") {
    this.name = name;
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
    frame.name = this.name;
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

/** Whether the page can reach the emulator directly. */
const reachable = () => nativeFetch(CONFIG.origin + CONFIG.bridge, {method: "HEAD"}).then(() => true, () => false);

const routedFrom = scriptOrigin && scriptOrigin !== CONFIG.origin ? `, to which ${scriptOrigin} is routed` : "";
