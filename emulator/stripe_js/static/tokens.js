// Requests to the API: through the frame, or directly where there are no frames or the frame does not respond.
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

async function direct(path, {method, headers, form}) {
  const [target, body] = method === "GET" ? [`${path}?${form}`, undefined] : [path, form];
  try {
    const response = await nativeFetch(`${CONFIG.origin}/v1/${target}`, {method, headers, body});
    return {status: response.status, text: await response.text()};
  } catch {
    return {status: 0, text: ""};
  }
}

/** The result of a response: {token} or as `name` says, or {error}, never both. */
function resultOf({status, text}, name = "token") {
  if (status === 0) {
    const message = `No emulator responds at ${CONFIG.origin}${routedFrom}.`;
    return {error: {type: "api_connection_error", message}};
  }
  try {
    const body = JSON.parse(text);
    return status < 400 ? {[name]: body} : {error: body.error};
  } catch {
    return {error: {type: "api_error", message: `The emulator responded with status ${status}.`}};
  }
}

/** The result of one request of an instance. */
async function request(settings, method, path, parameters, name) {
  await unlessReplaced();
  const form = new URLSearchParams(encode(parameters)).toString();
  const sent = {method, headers: headersOf(settings), form};
  const response = (controller && (await controller.send(path, sent))) || direct(path, sent);
  return resultOf(await unlessReplaced(response), name);
}

const createToken = (settings, parameters) => request(settings, "POST", "tokens", parameters, "token");
