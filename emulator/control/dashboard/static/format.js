// Formatting of times, secrets and bodies. Times are unix seconds of the sandbox's clock, shown in UTC.

const two = (number) => String(number).padStart(2, "0");

const isTime = (seconds) => typeof seconds === "number" && Number.isFinite(seconds);

/** The day and the time of a row; a moved clock soon shows another day. */
export function time(seconds) {
  return isTime(seconds) ? new Date(seconds * 1000).toISOString().slice(5, 19).replace("T", " ") : "–";
}

export function moment(seconds) {
  return isTime(seconds) ? `${new Date(seconds * 1000).toISOString().slice(0, 19).replace("T", " ")} UTC` : "–";
}

export function duration(seconds) {
  const left = Math.max(0, Math.floor(seconds));
  if (left >= 172800) return `${Math.floor(left / 86400)} days`;
  const hours = Math.floor(left / 3600);
  const rest = `${hours ? two(Math.floor((left % 3600) / 60)) : Math.floor(left / 60)}:${two(left % 60)}`;
  return hours ? `${hours}:${rest}` : rest;
}

/** A client secret in the form that requests and warnings show. */
export function shortened(secret) {
  return secret.replace(/^(accs_secret__.{4}).*(.{4})$/, "$1***$2");
}

/** The beginning and the end of a secret. */
export function masked(secret) {
  const text = String(secret);
  const start = text.match(/^[a-z]+_(?:test_|live_|secret__|_)?/)?.[0] ?? "";
  const rest = text.slice(start.length);
  return rest.length <= 6 ? text : `${start}${rest.slice(0, 2)}…${rest.slice(-4)}`;
}

/** A body in readable form: JSON indented, a form with one field per line, anything else unchanged. */
export function body(text) {
  if (!text) return "";
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return /^[^\s{<]+=/.test(text) ? form(text) : text;
  }
}

function form(text) {
  try {
    return text.split("&").map((pair) => decodeURIComponent(pair.replaceAll("+", " ")).replace("=", " = ")).join("\n");
  } catch {
    return text;
  }
}

/** Whether a body is truncated: the journal keeps 16 KiB, slightly less after masking. */
export function isCut(text) {
  return new TextEncoder().encode(text).length > 16_000;
}

export function json(value) {
  return JSON.stringify(value, null, 2);
}

export function plural(count, one, many = `${one}s`) {
  return `${count} ${count === 1 ? one : many}`;
}

/** An amount in minor units, in the currency's own form. */
export function amount(minor, currency) {
  const form = new Intl.NumberFormat("en", {style: "currency", currency: currency.toUpperCase()});
  return form.format(minor / 10 ** form.resolvedOptions().maximumFractionDigits);
}
