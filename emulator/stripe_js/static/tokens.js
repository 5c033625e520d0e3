// Requests to POST /v1/tokens: through the frame, or directly where there are no frames or the frame does not respond.
const controller =
  scriptOrigin && typeof MessageChannel !== "undefined" ? new Frame("__privateStripeController") : null;

/** Parameters as a form: {a: {b: 1}, c: [2]} becomes a[b]=1&c[0]=2. What is undefined is left out. */
function encode(value, name = "") {
  if (value === undefined || typeof value === "function") return [];
  if (value === null) return [[name, ""]];
  if (typeof value !== "object") return [[name, String(value)]];
  return Object.entries(value).flatMap(([key, inner]) => encode(inner, name ? `${name}[${key}]` : key));
}

/** The headers of a request of an instance. Stripe.js sends the key as a parameter. */
function headersOf({key, account, version}) {
  const headers = {authorization: `Bearer ${key}`, "content-type": "application/x-www-form-urlencoded"};
  if (account) headers["stripe-account"] = account;
  if (version) headers["stripe-version"] = version;
  return headers;
}

async function direct(path, {headers, form}) {
  try {
    const response = await nativeFetch(`${CONFIG.origin}/v1/${path}`, {method: "POST", headers, body: form});
    return {status: response.status, text: await response.text()};
  } catch {
    return {status: 0, text: ""};
  }
}

/** The result of a response: {token} or {error}, never both. */
function resultOf({status, text}) {
  if (status === 0) {
    const message = `No emulator responds at ${CONFIG.origin}${routedFrom}.`;
    return {error: {type: "api_connection_error", message}};
  }
  try {
    const body = JSON.parse(text);
    return status < 400 ? {token: body} : {error: body.error};
  } catch {
    return {error: {type: "api_error", message: `The emulator responded with status ${status}.`}};
  }
}

async function createToken(instance, parameters) {
  await unlessReplaced();
  const request = {headers: headersOf(instance), form: new URLSearchParams(encode(parameters)).toString()};
  const response = (controller && (await controller.send("tokens", request))) || direct("tokens", request);
  return resultOf(await unlessReplaced(response));
}
