// A request as a command of a shell, to be tried again.

const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;
const LACKS_VERSION = /Stripe-Version header/; // what is answered where there was none
const VERBS = {GET: "", POST: " -X POST", DELETE: " -X DELETE"};
const isJson = (text) => /^\s*[[{]/.test(text);

/** The arguments that send a form, one a field: readable where it can be, raw where it cannot. */
function form(text) {
  let fields;
  try {
    fields = text.split("&").map((pair) => decodeURIComponent(pair.replaceAll("+", " ")));
  } catch {
    return [`--data-raw ${quoted(text)}`];
  }
  const isPlain = (field) => /^[\w[\].-]+=[^\0]*$/.test(field);
  if (!fields.every(isPlain)) return [`--data-raw ${quoted(text)}`];
  return fields.map((field) => (/=[\w.-]*$/.test(field) ? `-d ${quoted(field)}` : `--data-urlencode ${quoted(field)}`));
}

function sent(method, text) {
  if (!text || method === "GET" || (method === "DELETE" && !isJson(text))) return [];
  return isJson(text) ? ["-H 'Content-Type: application/json'", `--data-raw ${quoted(text)}`] : form(text);
}

/** Without its idempotency key, which would only bring the old answer back. */
export function curl(entry, key) {
  const {method, path, account, version, request_body: text, response_body: response} = entry;
  const query = text && !sent(method, text).length ? `?${text}` : "";
  const url = location.origin + path + query;
  const acting = account && !path.split("/").includes(account);
  return [
    `curl${/[[\]{}]/.test(url) ? " -g" : ""}${VERBS[method] ?? ` -X ${quoted(method)}`} ${quoted(url)}`,
    `-u ${quoted(`${key}:`)}`,
    version && !LACKS_VERSION.test(response) ? `-H ${quoted(`Stripe-Version: ${version}`)}` : null,
    acting ? `-H ${quoted(`Stripe-Account: ${account}`)}` : null,
    ...sent(method, text),
  ].filter(Boolean).join(" \\\n  ");
}
