"""The page of a checkout session as HTML: the order on one side, the form to pay on the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import cast

from emulator.hosted import inputs, pages
from emulator.hosted.amounts import language_of, localized
from emulator.hosted.checkout_form import CUSTOM, QUANTITY
from emulator.hosted.inputs import Values
from emulator.model.declaration.resource import Fields
from emulator.resources.billing.checkout import completing, items, payers
from emulator.resources.billing.checkout.kept import subscription_data
from emulator.schema.trees import hash_in, integer
from emulator.wire.json import Json
from emulator.wire.namedtuples import NamedTuple

STYLE = "checkout"
NAMES = {
    "acss_debit": "Pre-authorized debit",
    "afterpay_clearpay": "Afterpay",
    "alipay": "Alipay",
    "bancontact": "Bancontact",
    "card": "Card",
    "cashapp": "Cash App Pay",
    "eps": "EPS",
    "ideal": "iDEAL",
    "klarna": "Klarna",
    "p24": "Przelewy24",
    "paypal": "PayPal",
    "sepa_debit": "SEPA Direct Debit",
    "us_bank_account": "US bank account",
}
SUBMIT = {"book": "Book", "donate": "Donate", "pay": "Pay", "subscribe": "Subscribe"}
TEST_CARDS = {
    "4242 4242 4242 4242": "succeeds",
    "4000 0000 0000 0002": "is declined",
    "4000 0025 0000 3155": "asks for 3D Secure",
}
TAX_IDS = (("eu_vat", "EU VAT"), ("gb_vat", "GB VAT"), ("us_ein", "US EIN"), ("au_abn", "AU ABN"), ("ch_vat", "CH VAT"))


class Shown(NamedTuple):
    """The content of a page: the session, saved cards of its customer, earlier input, and the error."""

    fields: Fields
    methods: Sequence[tuple[str, str]] = ()
    values: Values = {}  # noqa: RUF012 - nobody changes it
    problem: str = ""
    code: str = ""  # the promotion code of the order
    path: str = ""  # of the page itself


def page(shown: Shown) -> str:
    """The page of an open session."""
    fields = shown.fields
    brand = str(hash_in(fields, "branding_settings").get("display_name") or "Sandbox")
    head = f"<div class=brand><bdi>{escape(brand)}</bdi>{_back(fields)}</div>"
    title = {"setup": "Save your payment details", "subscription": "Subscribe"}.get(str(fields["mode"]), "Checkout")
    return pages.document(
        title,
        head,
        f"<div class=columns>{_order(shown)}{_form(shown)}</div>",
        sheet=STYLE,
        kind="checkout",
        lang=language_of(fields.get("locale")),
    )


def _money(fields: Mapping[str, Json], amount: int) -> str:
    """An amount in the currency of a session, as its locale writes it."""
    return localized(amount, str(fields["currency"]), fields.get("locale"))


def _back(fields: Fields) -> str:
    url = fields.get("cancel_url")
    return f'<a href="{escape(str(url))}" data-testid=business-link>Back</a>' if pages.leads_on(url) else ""


# --- the order ----------------------------------------------------------------------------------------------------


def _order(shown: Shown) -> str:
    fields = shown.fields
    if fields["mode"] == "setup":
        text = "The payment method is saved for later payments. Nothing is charged now."
        return f"<section data-testid=product-summary><h2>Payment details</h2><p>{text}</p></section>"
    lines = items.of(fields)
    shown_lines = "".join(_line(each, fields) for each in lines)
    changing = any(_is_adjustable(each) for each in lines) or len(_offered(fields)) > 1
    total = _money(fields, integer(fields, "amount_total"))
    return (
        "<section data-testid=product-summary><h2>Your order</h2>"
        f"<p class=total id=total>{escape(total)}{_rhythm(lines, fields)}</p>"
        f"{_button('pay', 'Pay', 'hidden')}<ul class=lines>{shown_lines}</ul>{_shipping(fields)}"
        f"{_button('update', 'Update the order') if changing else ''}"
        f"{_sums(fields)}{_promotion(shown)}</section>"
    )


def _button(action: str, label: str, kind: str = "") -> str:
    """A button of the order, which sends the one form of the page; the hidden one is what the Enter key presses."""
    hidden = " tabindex=-1 aria-hidden=true" if kind == "hidden" else ""
    return f'<button form=pay class="{kind}"{hidden} name=action value={action}>{escape(label)}</button>'


def _rhythm(lines: Sequence[Fields], fields: Mapping[str, Json]) -> str:
    """How often a subscription is paid, and its trial."""
    recurring = [hash_in(hash_in(each, "price"), "recurring") for each in lines if items.is_recurring(each)]
    if not recurring:
        return ""
    count, interval = integer(recurring[0], "interval_count", 1), str(recurring[0].get("interval"))
    every = f"per {interval}" if count == 1 else f"every {count} {interval}s"
    days = integer(subscription_data(fields), "trial_period_days")
    later = sum(items.full_amount(each) for each in lines if items.is_recurring(each))
    free = f"{days} days free, then {_money(fields, later)} " if days else ""
    return f" <small>{escape(free + every)}</small>"


def _line(item: Fields, fields: Fields) -> str:
    amount = _money(fields, integer(item, "amount_subtotal"))
    quantity = item.get("quantity")
    each = _money(fields, integer(hash_in(item, "price"), "unit_amount"))
    detail = f"Qty {quantity}, {each} each" if isinstance(quantity, int) and quantity > 1 else ""
    adjust = _quantity(item) if _is_adjustable(item) else f"<small>{escape(detail)}</small>" if detail else ""
    return f"<li><span>{escape(str(item.get('description') or 'Item'))}{adjust}</span><b>{escape(amount)}</b></li>"


def _is_adjustable(item: Fields) -> bool:
    return bool(hash_in(item, "adjustable_quantity").get("enabled"))


def _quantity(item: Fields) -> str:
    name = f"{QUANTITY}{item['id']}"
    return (
        f'<small><label class=row><span>Quantity</span><input form=pay name="{escape(name)}" inputmode=numeric '
        f'value="{escape(str(item["quantity"]))}"></label></small>'
    )


def _offered(fields: Mapping[str, Json]) -> list[Fields]:
    return cast("list[Fields]", fields.get("shipping_options") or [])


def _shipping(fields: Fields) -> str:
    """The shipping options; the chosen one is checked."""
    offered, chosen = _offered(fields), hash_in(fields, "shipping_cost").get("shipping_rate")
    if not offered:
        return ""
    boxes = "".join(
        f'<label><input form=pay type=radio name=shippingRate value="{escape(str(each["shipping_rate"]))}"'
        f"{' checked' if each['shipping_rate'] == chosen else ''}><span>{escape(_rate(each, fields))}</span></label>"
        for each in offered
    )
    return f"<fieldset><legend>Shipping</legend>{boxes}</fieldset>"


def _rate(option: Fields, fields: Fields) -> str:
    amount = integer(option, "shipping_amount")
    price = _money(fields, amount) if amount else "Free"
    return f"{option.get('shown_name') or 'Shipping'}: {price}"


def _sums(fields: Fields) -> str:
    details = hash_in(fields, "total_details")
    rows: list[tuple[str, int]] = [("Subtotal", integer(fields, "amount_subtotal"))]
    discount, tax = integer(details, "amount_discount"), integer(details, "amount_tax")
    if discount:
        rows.append(("Discount", -discount))
    if _offered(fields):
        rows.append(("Shipping", integer(details, "amount_shipping")))
    if tax:
        rows.append(("Tax", tax))
    listed = "".join(f"<div><dt>{name}</dt><dd>{escape(_money(fields, amount))}</dd></div>" for name, amount in rows)
    due = escape(_money(fields, integer(fields, "amount_total")))
    return f"<dl class=sums>{listed}<div class=due><dt>Total due today</dt><dd>{due}</dd></div></dl>"


def _promotion(shown: Shown) -> str:
    if not shown.fields.get("allow_promotion_codes"):
        return ""
    if shown.code:
        return f"<p>Code <code>{escape(shown.code)}</code> {_button('remove_code', 'Remove', 'link')}</p>"
    button, more = _button("apply_code", "Apply"), {"form": "pay", "autocomplete": "off"}
    return inputs.text("promotionCode", "Promotion code", shown.values, beside=button, **more)


# --- the form -----------------------------------------------------------------------------------------------------


def _form(shown: Shown) -> str:
    fields = shown.fields
    problem = f"<p class=problem role=alert>{escape(shown.problem)}</p>" if shown.problem else ""
    action = shown.path  # without the fragment of the URL, which redirects would keep
    sections = "".join(_sections(shown))
    return f'<form id=pay method=post action="{escape(action)}" novalidate>{problem}{sections}{_submit(fields)}</form>'


def _sections(shown: Shown) -> Iterator[str]:
    fields, values = shown.fields, shown.values
    yield pages.section("Contact information", _contact(fields, values))
    if payers.wants_shipping(fields):
        yield pages.section("Shipping address", _shipping_address(fields, values))
    if completing.needs_method(fields):
        yield pages.section("Payment method", _methods(shown))
    yield from _more(fields, values)


def _contact(fields: Fields, values: Values) -> str:
    known = hash_in(fields, "customer_details").get("email")
    fixed = {"readonly": ""} if known else {}
    email: Values = {"email": str(known)} if known else values
    found = inputs.text(
        "email", "Email", email, type="email", autocomplete="email", placeholder="email@example.com", **fixed
    )
    if hash_in(fields, "phone_number_collection").get("enabled"):
        found += inputs.text("phone", "Phone number", values, type="tel", autocomplete="tel")
    return found


def _shipping_address(fields: Fields, values: Values) -> str:
    codes = hash_in(fields, "shipping_address_collection").get("allowed_countries")
    name = inputs.text("shippingName", "Full name", values, autocomplete="name")
    return name + inputs.address("shipping", values, cast("list[str]", codes))


def _methods(shown: Shown) -> str:
    """The payment methods of the customer, and the types of new ones; the first is chosen."""
    types = [str(each) for each in cast("list[Json]", shown.fields["payment_method_types"]) if each != "link"]
    choices = [*shown.methods, *((each, NAMES.get(each, each.replace("_", " ").capitalize())) for each in types)]
    chosen = shown.values.get("paymentMethod") or (choices[0][0] if choices else "")
    return "".join(_choice(shown, value, label, checked=value == chosen) for value, label in choices)


def _choice(shown: Shown, value: str, label: str, *, checked: bool) -> str:
    details = {"card": _card, "sepa_debit": _iban, "us_bank_account": _us_account}.get(value)
    inner = details(shown) if details else "" if value.startswith("pm_") else _redirect(value)
    mark = " checked" if checked else ""
    return (
        f'<div class=method><label data-testid="{escape(value)}-accordion-item"><input type=radio name=paymentMethod '
        f'value="{escape(value)}"{mark}><span>{escape(label)}</span></label><div class=details>{inner}</div></div>'
    )


def _card(shown: Shown) -> str:
    values = shown.values
    name = inputs.text(
        "billingName", "Cardholder name", values, autocomplete="cc-name", placeholder="Full name on card"
    )
    listed = "".join(f"<dt><code>{card}</code></dt><dd>{what}</dd>" for card, what in TEST_CARDS.items())
    cards = f"<details><summary>Test cards</summary><dl>{listed}</dl></details>"
    return f"{inputs.card(values)}{name}{_billing(shown)}{cards}"


def _billing(shown: Shown) -> str:
    if shown.fields.get("billing_address_collection") == "required":
        return inputs.address("billing", shown.values)
    postal = inputs.text("billingPostalCode", "ZIP or postal code", shown.values, autocomplete="postal-code")
    return f"<div class='pair wide'>{inputs.country('billingCountry', shown.values)}{postal}</div>"


def _iban(shown: Shown) -> str:
    return inputs.text("iban", "IBAN", shown.values, placeholder="AT611904300234573201") + (
        "<p class=quiet>By paying, you authorize the debit of your account.</p>"
    )


def _us_account(shown: Shown) -> str:
    routing = inputs.text("routingNumber", "Routing number", shown.values, placeholder="110000000")
    return routing + inputs.text("accountNumber", "Account number", shown.values, placeholder="000123456789")


def _redirect(kind: str) -> str:
    return f"<p class=quiet>You continue at {escape(NAMES.get(kind, kind))}.</p>"


def _more(fields: Fields, values: Values) -> Iterator[str]:
    """Custom fields, tax ids and consent."""
    custom = cast("list[Fields]", fields.get("custom_fields") or [])
    if custom:
        yield pages.section("More information", *(_custom(each, values) for each in custom))
    if hash_in(fields, "tax_id_collection").get("enabled"):
        kind = inputs.select("taxIdType", "Type of tax ID", TAX_IDS, values.get("taxIdType", ""))
        name = inputs.text("businessName", "Business name", values)
        yield pages.section("Buying for a business", name, kind, inputs.text("taxId", "Tax ID", values))
    asked = hash_in(fields, "consent_collection")
    boxes = []
    if asked.get("promotions") == "auto":
        boxes.append(inputs.check("promotions", "Keep me up to date with promotional emails", values))
    if asked.get("terms_of_service") == "required":
        boxes.append(inputs.check("terms", "I agree to the terms of service", values))
    if boxes:
        yield pages.section("Consent", *boxes)


def _custom(field: Fields, values: Values) -> str:
    kind, name = str(field["type"]), f"{CUSTOM}{field['key']}"
    label = str(hash_in(field, "label").get("custom")) + (" (optional)" if field.get("optional") else "")
    inner = hash_in(field, kind)
    first = inputs.Form({name: str(inner.get("default_value") or "")} | dict(values), getattr(values, "problems", {}))
    if kind != "dropdown":
        return inputs.text(name, label, first, **({"inputmode": "numeric"} if kind == "numeric" else {}))
    options = [(str(each["value"]), str(each["label"])) for each in cast("list[Fields]", inner.get("options") or [])]
    return inputs.select(name, label, [("", "Choose"), *options], first[name], first)


def _submit(fields: Fields) -> str:
    mode, kind = str(fields["mode"]), str(fields.get("submit_type") or "auto")
    if mode == "setup":
        label = "Save payment method"
    elif mode == "subscription":
        trial = integer(subscription_data(fields), "trial_period_days")
        label = "Start trial" if trial else "Subscribe"
    else:
        amount = _money(fields, integer(fields, "amount_total"))
        label = f"{SUBMIT.get(kind, 'Pay')} {amount}" if kind in ("auto", "pay") else SUBMIT.get(kind, "Pay")
    message = hash_in(hash_in(fields, "custom_text"), "submit").get("message")
    note = f"<p class=quiet>{escape(str(message))}</p>" if message else ""
    test = pages.button("pay_test", "Use the test card 4242 instead") if _takes_cards(fields) else ""
    return (
        f'<button class="first pay" name=action value=pay data-testid=hosted-payment-submit-button>{escape(label)}'
        f"</button>{note}{test}"
    )


def _takes_cards(fields: Fields) -> bool:
    return completing.needs_method(fields) and "card" in cast("list[str]", fields["payment_method_types"])
