// The inputs of a card. Card data stays in this frame, which sends it to the emulator itself.
const form = document.forms[0];
const field = (name) => form.elements.namedItem(NAMES[name]);
const digits = (name) => field(name).value.replace(/\D/g, "");
let port = null;
let options = {};

const BRANDS = [
  ["amex", /^3[47]/], ["diners", /^3(0[0-5]|[689])/], ["discover", /^6(011|5|4[4-9])/], ["jcb", /^35/],
  ["mastercard", /^(5[1-5]|2[2-7])/], ["unionpay", /^62/], ["visa", /^4/],
];
const brand = () => (BRANDS.find(([, pattern]) => pattern.test(digits("number"))) || ["unknown"])[0];
const LENGTHS = {amex: 15, diners: 14};

function passesLuhn(number) {
  const sum = [...number].reverse().reduce((total, digit, index) => {
    const doubled = Number(digit) * (index % 2 ? 2 : 1);
    return total + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return sum % 10 === 0;
}

/** The first error of the form, with the field that it is about; `touched` leaves out those of incomplete fields. */
function problem(touched = false) {
  const [number, expiry] = [digits("number"), digits("expiry")];
  const [month, year] = [Number(expiry.slice(0, 2)), 2000 + Number(expiry.slice(2, 4))];
  const today = new Date();
  const problems = [
    ["number", "incomplete_number", "Your card number is incomplete.", number.length < (LENGTHS[brand()] || 16), true],
    ["number", "invalid_number", "Your card number is invalid.", !passesLuhn(number)],
    ["expiry", "incomplete_expiry", "Your card's expiration date is incomplete.", expiry.length < 4, true],
    ["expiry", "invalid_expiry_month", "Your card's expiration date is invalid.", month < 1 || month > 12],
    ["expiry", "invalid_expiry_year_past", "Your card's expiration year is in the past.", year < today.getFullYear()],
    ["expiry", "invalid_expiry_month_past", "Your card's expiration date is in the past.",
      year === today.getFullYear() && month < today.getMonth() + 1],
    ["cvc", "incomplete_cvc", "Your card's security code is incomplete.", digits("cvc").length < (brand() === "amex" ? 4 : 3), true],
    ["postal", "incomplete_zip", "Your card's zip code is incomplete.", !options.hidePostalCode && field("postal").value.trim().length < 3, true],
  ];
  const complete = (name) => !problems.some(([other, , , wrong, incomplete]) => other === name && wrong && incomplete);
  const found = problems.find(([name, , , wrong, incomplete]) => wrong && (incomplete ? !touched : complete(name)));
  return found && {field: found[0], error: {type: "validation_error", code: found[1], message: found[2]}};
}

function change(found = problem(true)) {
  const values = [...form.querySelectorAll("input")].map(({value}) => value);
  for (const input of form.elements) input.setAttribute("aria-invalid", String(Boolean(found) && NAMES[found.field] === input.name));
  port.postMessage({
    event: "change",
    data: {
      brand: brand(),
      value: {postalCode: field("postal").value},
      empty: values.every((value) => !value),
      complete: !problem(),
      error: found ? found.error : undefined,
    },
  });
}

const FORMATS = {
  number: (text) => text.slice(0, 19).replace(/(.{4})(?=.)/g, "$1 "),
  expiry: (text) => (text.length > 2 ? `${text.slice(0, 2)} / ${text.slice(2, 4)}` : text),
  cvc: (text) => text.slice(0, 4),
};
form.addEventListener("input", ({target}) => {
  const format = FORMATS[Object.keys(NAMES).find((name) => NAMES[name] === target.name)];
  if (format) target.value = format(target.value.replace(/\D/g, ""));
  change();
});
form.addEventListener("focusin", () => port.postMessage({event: "focus", data: {}}));
form.addEventListener("focusout", () => port.postMessage({event: "blur", data: {}}));
form.addEventListener("keydown", ({key}) => key === "Escape" && port.postMessage({event: "escape", data: {}}));
form.addEventListener("submit", (event) => event.preventDefault());

/** What each path takes: the parameters of the card, and of its address. */
const PARAMETERS = {
  tokens: (card, postal, country) => ({...card, "card[address_zip]": postal, "card[address_country]": country}),
  payment_methods: (card, postal, country) => ({
    type: "card",
    ...card,
    "billing_details[address][postal_code]": postal,
    "billing_details[address][country]": country,
  }),
};

async function create({id, path, headers, pairs}) {
  const found = problem();
  if (found) {
    change(found);
    return port.postMessage({id, invalid: found.error});
  }
  const expiry = digits("expiry");
  const card = {
    "card[number]": digits("number"),
    "card[exp_month]": expiry.slice(0, 2),
    "card[exp_year]": `20${expiry.slice(2, 4)}`,
    "card[cvc]": digits("cvc"),
  };
  const country = field("country") ? field("country").value : "";
  const own = PARAMETERS[path](card, field("postal").value, country);
  const sent = Object.entries({...own, ...Object.fromEntries(pairs)}).filter(([name, value]) => value || !(name in own));
  try {
    const response = await fetch(`/v1/${path}`, {method: "POST", headers, body: new URLSearchParams(sent)});
    port.postMessage({id, status: response.status, text: await response.text()});
  } catch {
    port.postMessage({id, status: 0, text: ""});
  }
}

function check({id}) {
  const found = problem();
  if (found) change(found);
  port.postMessage({id, invalid: found && found.error});
}

const COMMANDS = {
  update: ({data}) => {
    options = data;
    field("postal").hidden = field("postal").disabled = Boolean(data.hidePostalCode);
    field("postal").style.display = data.hidePostalCode ? "none" : "";
    if (data.disabled !== undefined) for (const input of form.elements) input.disabled = input.disabled || data.disabled;
  },
  focus: () => field("number").focus(),
  blur: () => document.activeElement.blur(),
  clear: () => {
    form.reset();
    change(null);
  },
  create,
  check,
};
addEventListener("message", ({data, ports}) => {
  if (data !== "stripe-emulator" || !ports[0]) return;
  port = ports[0];
  port.onmessage = ({data: command}) => COMMANDS[command.command](command);
  port.postMessage({event: "ready", data: {}});
});
parent.postMessage("stripe-emulator", "*"); // the page waits for this message before it sends any
