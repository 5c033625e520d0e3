// A request as a shell command.

const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;
const LACKS_VERSION = /Stripe-Version header/; // the error for a request without one
const VERBS = {GET: "", POST: " -X POST", DELETE: " -X DELETE"};
const isJson = (text) => /^\s*[[{]/.test(text);

/** The arguments for a form, one per field if it can be decoded, otherwise raw. */
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

function dataArguments(method, text) {
  if (!text || method === "GET" || (method === "DELETE" && !isJson(text))) return [];
  return isJson(text) ? ["-H 'Content-Type: application/json'", `--data-raw ${quoted(text)}`] : form(text);
}

/** The command for a request, without its idempotency key, which would only replay the old response. */
export function curl(entry, key) {
  const {method, path, account, version, request_body: text, response_body: response} = entry;
  const query = text && !dataArguments(method, text).length ? `?${text}` : "";
  const url = location.origin + path + query;
  const needsAccount = account && !path.split("/").includes(account);
  return [
    `curl${/[[\]{}]/.test(url) ? " -g" : ""}${VERBS[method] ?? ` -X ${quoted(method)}`} ${quoted(url)}`,
    `-u ${quoted(`${key}:`)}`,
    version && !LACKS_VERSION.test(response) ? `-H ${quoted(`Stripe-Version: ${version}`)}` : null,
    needsAccount ? `-H ${quoted(`Stripe-Account: ${account}`)}` : null,
    ...dataArguments(method, text),
  ].filter(Boolean).join(" \\\n  ");
}
