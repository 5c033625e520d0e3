// The global, set while the script runs: the packages look for it as soon as the script has loaded.
for (const name of Object.keys(FACTS.elements)) define(name);

const before = typeof window.StripeConnect === "object" && window.StripeConnect ? window.StripeConnect : {};
const again = before.emulated === true;
Object.assign(before, {init: instanceFor, emulated: true, emulatorUrl: FACTS.origin, events});
window.StripeConnect = before;
if (!again && (here || window === window.top)) {
  console.info(`Stripe Connect components are emulated, by ${FACTS.origin}. This is not Stripe.`);
}
if (typeof before.onLoad === "function") before.onLoad();
