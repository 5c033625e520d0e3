// The global is set synchronously: the packages look for it as soon as the script has callOnLoad.
for (const name of Object.keys(CONFIG.elements)) define(name);

const existing = typeof window.StripeConnect === "object" && window.StripeConnect ? window.StripeConnect : {};
const repeated = existing.emulated === true;
// A second run in the same window keeps the first, which may have a working connection to the emulator.
if (!repeated || existing.emulatorUrl !== CONFIG.origin) {
  const reported = async () => void (await Promise.all(pendingReports));
  Object.assign(existing, {init: instanceFor, emulated: true, emulatorUrl: CONFIG.origin, events, reported});
}
window.StripeConnect = existing;
if (!repeated && (scriptOrigin || window === window.top)) {
  console.info(`Stripe Connect components are emulated, by ${CONFIG.origin}. This is not Stripe.`);
}

// Pages may set onLoad before the script runs, or after it, when the callback is called at once.
let {onLoad} = existing;
const callOnLoad = () => typeof onLoad === "function" && onLoad.call(existing);
Object.defineProperty(existing, "onLoad", {
  configurable: true,
  enumerable: true,
  get: () => onLoad,
  set: (callback) => {
    onLoad = callback;
    callOnLoad();
  },
});
callOnLoad();
