// OAuth of Connect with stripe-node: a URL for the owner, the token request, and the end of the connection.
//
// oauth.js SDK: {url, key, client_id} as JSON on stdin; prints what it has seen as JSON.

const [, , sdk] = process.argv;
const Stripe = require(sdk);

const seen = async (call) => {
  try {
    return await call();
  } catch (error) {
    return [error.type, error.rawType, error.statusCode, error.message];
  }
};

async function main(input) {
  const {url, key, client_id} = JSON.parse(input);
  const {protocol, hostname: host, port} = new URL(url);
  const stripe = new (Stripe.default ?? Stripe)(key, {host, port, protocol: protocol.slice(0, -1), telemetry: false});
  const page = new URL(stripe.oauth.authorizeUrl({client_id, state: "s"})); // https, without the port
  const opened = new URL(page.pathname + page.search, url);
  const decided = await fetch(new URL(opened.href.replace("/oauth/", "/oauth/v2/")), {
    method: "POST",
    redirect: "manual",
    body: new URLSearchParams({action: "blank"}),
  });
  const back = new URL(decided.headers.get("location")).searchParams;
  const code = back.get("code");
  const token = await stripe.oauth.token({grant_type: "authorization_code", code});
  const {access_token, stripe_user_id} = token;
  const own = new (Stripe.default ?? Stripe)(access_token, {host, port, protocol: protocol.slice(0, -1), telemetry: false});
  const account = await own.accounts.retrieve(null);
  const ended = await stripe.oauth.deauthorize({client_id, stripe_user_id});
  const errors = [
    await seen(() => stripe.oauth.token({grant_type: "authorization_code", code: "ac_unknown"})),
    await seen(() => stripe.oauth.token({grant_type: "password"})),
    await seen(() => stripe.oauth.deauthorize({client_id: "ca_other", stripe_user_id})),
    await seen(() => own.accounts.retrieve(stripe_user_id)),
  ];
  return {
    page: page.pathname + page.search,
    back: [...back.keys()],
    token: Object.keys(token).filter((name) => name !== "lastResponse"),
    scope: token.scope,
    same: account.id === stripe_user_id && ended.stripe_user_id === stripe_user_id,
    errors,
  };
}

let input = "";
process.stdin.on("data", (chunk) => (input += chunk));
process.stdin.on("end", () => main(input).then((report) => console.log(JSON.stringify(report))));
