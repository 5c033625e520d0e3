// The global, set while the script runs: the packages look for it as soon as the script has loaded.
for (const name of Object.keys(FACTS.elements)) define(name);

const before = typeof window.StripeConnect === "object" && window.StripeConnect ? window.StripeConnect : {};
const again = before.emulated === true;
// A script that runs again in one window leaves the first at work, which may know a better way to the emulator.
if (!again || before.emulatorUrl !== FACTS.origin) {
  const reported = async () => void (await Promise.all(reports));
  Object.assign(before, {init: instanceFor, emulated: true, emulatorUrl: FACTS.origin, events, reported});
}
window.StripeConnect = before;
if (!again && (here || window === window.top)) {
  console.info(`Stripe Connect components are emulated, by ${FACTS.origin}. This is not Stripe.`);
}
if (typeof before.onLoad === "function") before.onLoad();
