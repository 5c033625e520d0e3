// Forms that take a card: the number in groups, the brand beside it, and the focus at the first error.
const BRANDS = [
  ["American Express", /^3[47]/, [4, 6, 5]], ["Diners Club", /^3(0[0-5]|[689])/, [4, 6, 4]], ["Discover", /^6(011|5|4[4-9])/],
  ["JCB", /^35/], ["Mastercard", /^(5[1-5]|2[2-7])/], ["UnionPay", /^62/], ["Visa", /^4/],
];
const digitsOf = (text) => text.replace(/\D/g, "");

function inGroups(digits, sizes) {
  const groups = [];
  let at = 0;
  for (const size of sizes) {
    if (at < digits.length) groups.push(digits.slice(at, at + size));
    at += size;
  }
  return groups.join(" ");
}

/** Write a text into an input; the caret stays behind the same digit. */
function rewrite(input, text) {
  if (input.value === text) return;
  const before = digitsOf(input.value.slice(0, input.selectionStart)).length;
  let at = 0;
  for (let seen = 0; at < text.length && seen < before; at += 1) if (/\d/.test(text[at])) seen += 1;
  const last = input.selectionStart === input.value.length;
  input.value = text;
  if (document.activeElement === input) input.setSelectionRange(last ? text.length : at, last ? text.length : at);
}

function showNumber(input) {
  const digits = digitsOf(input.value).slice(0, 19);
  const [name, , sizes = [4, 4, 4, 4, 3]] = BRANDS.find(([, pattern]) => pattern.test(digits)) || [""];
  rewrite(input, inGroups(digits, sizes));
  const shown = document.getElementById("cardBrand");
  if (shown) shown.textContent = name;
}

function showExpiry(input, event) {
  const digits = digitsOf(/^[2-9]/.test(input.value) ? `0${input.value}` : input.value).slice(0, 4);
  if (event.inputType && event.inputType.startsWith("delete")) return;
  rewrite(input, digits.length > 1 ? `${digits.slice(0, 2)} / ${digits.slice(2)}` : digits);
}

const number = document.getElementById("cardNumber");
const expiry = document.getElementById("cardExpiry");
if (number) {
  number.addEventListener("input", () => showNumber(number));
  if (number.value) showNumber(number);
}
if (expiry) expiry.addEventListener("input", (event) => showExpiry(expiry, event));
document.querySelector("[aria-invalid=true]")?.focus();
