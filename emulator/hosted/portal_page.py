"""The billing portal as HTML: subscriptions, payment methods, details and invoices of a customer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import cast

from emulator.hosted import inputs, pages
from emulator.hosted.inputs import Values
from emulator.model.declaration.resource import Fields, Shared
from emulator.resources.billing.base.documents import date, interval, money
from emulator.schema.trees import hash_in, integer
from emulator.wire.json import Json
from emulator.wire.namedtuples import NamedTuple

STYLE = "checkout"
FEEDBACK = {
    "customer_service": "Customer service was less than expected",
    "low_quality": "The quality was less than expected",
    "missing_features": "Some features are missing",
    "other": "Other reason",
    "switched_service": "I found an alternative",
    "too_complex": "It is too complex",
    "too_expensive": "It is too expensive",
    "unused": "I do not use it enough",
}


class Shown(NamedTuple):
    """The content of the portal. `prices` are those that a subscription can change to, with their names."""

    path: str
    session: Shared
    brand: str
    headline: str
    features: Shared
    customer: Shared
    subscriptions: Sequence[Fields]
    methods: Sequence[Fields]
    invoices: Sequence[Fields]
    prices: Sequence[tuple[str, str]] = ()
    values: Values = {}  # noqa: RUF012 - nobody changes it
    problem: str = ""

    def on(self, feature: str) -> bool:
        """Whether the configuration has a feature."""
        return bool(hash_in(self.features, feature).get("enabled"))


def page(shown: Shown) -> str:
    """The start of the portal."""
    parts = [
        _head(shown),
        _problem(shown),
        _subscriptions(shown),
        _methods(shown) if shown.on("payment_method_update") else "",
        _details(shown) if shown.on("customer_update") else "",
        _invoices(shown) if shown.on("invoice_history") else "",
    ]
    return pages.document("Billing", *parts, sheet=STYLE)


def cancellation(shown: Shown, subscription: Fields) -> str:
    """The page that confirms a cancellation."""
    how = hash_in(shown.features, "subscription_cancel")
    now = how.get("mode") == "immediately"
    when = "today" if now else f"on {date(_period_end(subscription))}"
    return pages.document(
        "Cancel subscription",
        _head(shown),
        _problem(shown),
        f"<p>{_plan(subscription)}</p><p>The subscription ends {escape(when)}.</p>",
        f'<form method=post action="{escape(shown.path)}">{_hidden("subscription", str(subscription["id"]))}',
        _reasons(hash_in(how, "cancellation_reason")),
        pages.button("cancel", "Cancel subscription", first=True),
        f'</form><p><a href="{escape(shown.path)}">Go back</a></p>',
        sheet=STYLE,
    )


def update(shown: Shown, subscription: Fields) -> str:
    """The page on which a plan is chosen."""
    item = _items(subscription)[0]
    chosen = str(hash_in(item, "price").get("id"))
    quantity = {"quantity": str(item.get("quantity") or 1)}
    changes = hash_in(shown.features, "subscription_update").get("default_allowed_updates")
    amount = inputs.text("quantity", "Quantity", quantity, inputmode="numeric")
    return pages.document(
        "Update subscription",
        _head(shown),
        _problem(shown),
        f"<p>{_plan(subscription)}</p>",
        f'<form method=post action="{escape(shown.path)}">{_hidden("subscription", str(subscription["id"]))}',
        inputs.select("price", "Plan", shown.prices, chosen),
        amount if isinstance(changes, list) and "quantity" in changes else "",
        pages.button("update", "Confirm", first=True),
        f'</form><p><a href="{escape(shown.path)}">Go back</a></p>',
        sheet=STYLE,
    )


def method(shown: Shown) -> str:
    """The page on which a payment method is added."""
    return pages.document(
        "Add payment method", _head(shown), _problem(shown), pages.section("Card", _add_card(shown)), sheet=STYLE
    )


# --- parts --------------------------------------------------------------------------------------------------------


def _head(shown: Shown) -> str:
    url = shown.session.get("return_url")
    back = f'<a href="{escape(str(url))}" data-testid=return-to-business-link>Return to {escape(shown.brand)}</a>'
    headline = f"<p>{escape(shown.headline)}</p>" if shown.headline else ""
    return f"<div class=brand><bdi>{escape(shown.brand)}</bdi>{back if pages.leads_on(url) else ''}</div>{headline}"


def _problem(shown: Shown) -> str:
    return f"<p class=problem role=alert>{escape(shown.problem)}</p>" if shown.problem else ""


def _hidden(name: str, value: str) -> str:
    return f'<input type=hidden name={name} value="{escape(value)}">'


def _form(shown: Shown, action: str, label: str, **values: str) -> str:
    """A button that sends some values."""
    inner = "".join(_hidden(name, value) for name, value in values.items())
    button = f'<button class=link name=action value="{action}">{escape(label)}</button>'
    return f'<form class=inline method=post action="{escape(shown.path)}">{inner}{button}</form>'


def _reasons(reason: Fields) -> str:
    """The question why a subscription is canceled, where the configuration asks it."""
    if not reason.get("enabled"):
        return ""
    names = cast("list[str]", reason.get("options") or [])
    options = [("", "Choose"), *((name, FEEDBACK.get(name, name)) for name in names)]
    return inputs.select("reason", "Why do you cancel?", options, "") + inputs.text("comment", "Anything else?", {})


def _items(subscription: Fields) -> list[Fields]:
    return cast("list[Fields]", hash_in(subscription, "items").get("data") or [])


def _period_end(subscription: Fields) -> int:
    return max((integer(each, "current_period_end") for each in _items(subscription)), default=0)


def price_name(product: Json, price: Mapping[str, Json]) -> str:
    """A price with its product: `Tea, $15.00 per month`."""
    return f"{product}, {_cost(price)}"


def _cost(price: Mapping[str, Json]) -> str:
    return f"{money(price, integer(price, 'unit_amount'))} {interval(hash_in(price, 'recurring'))}"


def _plan(subscription: Fields) -> str:
    """The plan of a subscription: its products and their prices."""
    return "<br>".join(_part(each, integer(each, "quantity", 1)) for each in _items(subscription))


def _part(item: Fields, quantity: int) -> str:
    named = f"{quantity} \u00d7 {item.get('shown_name')}" if quantity > 1 else str(item.get("shown_name"))
    return f"<strong>{escape(named)}</strong> {escape(_cost(hash_in(item, 'price')))}"


def _subscriptions(shown: Shown) -> str:
    if not shown.subscriptions:
        return pages.section("Current subscription", "<p>There is no subscription.</p>")
    return "".join(_subscription(shown, each) for each in shown.subscriptions)


def _subscription(shown: Shown, subscription: Fields) -> str:
    identifier = str(subscription["id"])
    ends = subscription.get("cancel_at")
    if isinstance(ends, int):
        state = f"Your subscription is canceled, and ends on {date(ends)}."
    elif subscription.get("status") == "trialing":
        state = f"Your trial ends on {date(integer(subscription, 'trial_end'))}."
    else:
        state = f"Your subscription renews on {date(_period_end(subscription))}."
    actions: list[str] = []
    if shown.on("subscription_update") and not ends:
        actions.append(f'<a href="{escape(shown.path)}/subscriptions/{escape(identifier)}/update">Update plan</a>')
    if shown.on("subscription_cancel") and not ends:
        actions.append(f'<a href="{escape(shown.path)}/subscriptions/{escape(identifier)}/cancel">Cancel plan</a>')
    if shown.on("subscription_cancel") and ends and subscription.get("cancel_at_period_end"):
        actions.append(_form(shown, "keep", "Don't cancel subscription", subscription=identifier))
    status = "" if subscription.get("status") in ("active", "trialing") else f" ({subscription.get('status')})"
    text = (
        f"<p>{_plan(subscription)}{escape(status)}</p><p class=quiet>{escape(state)}</p>{_payer(shown, subscription)}"
        f"<p>{' · '.join(actions)}</p>"
    )
    return pages.section("Current subscription", f"<div data-testid={escape(identifier)}>{text}</div>")


def _payer(shown: Shown, subscription: Fields) -> str:
    """The payment method that the next invoice is charged to: that of the subscription, or the customer's default."""
    paying = subscription.get("default_payment_method") or _default(shown)
    method = next((each for each in shown.methods if each["id"] == paying), None)
    return f"<p class=quiet>Paid with {escape(_method_name(method))}</p>" if method else ""


def _default(shown: Shown) -> Json:
    return hash_in(shown.customer, "invoice_settings").get("default_payment_method")


def _methods(shown: Shown) -> str:
    default = _default(shown)
    rows = "".join(_method(shown, each, default=each["id"] == default) for each in shown.methods)
    listed = f"<ul class=lines>{rows}</ul>" if rows else "<p>There is no payment method.</p>"
    return pages.section(
        "Payment methods", f'{listed}<p><a href="{escape(shown.path)}/payment-methods">Add payment method</a></p>'
    )


def _method(shown: Shown, method: Fields, *, default: bool) -> str:
    card, name = hash_in(method, "card"), _method_name(method)
    expiry = f"<small>Expires {integer(card, 'exp_month'):02}/{integer(card, 'exp_year')}</small>" if card else ""
    identifier = str(method["id"])
    actions = "Default" if default else _form(shown, "default", "Make default", method=identifier)
    remove = "" if default else f" · {_form(shown, 'remove', 'Remove', method=identifier)}"
    return f"<li><span>{escape(name)}{expiry}</span><span>{actions}{remove}</span></li>"


def _method_name(method: Fields) -> str:
    """`Visa •••• 4242`."""
    kind = str(method["type"])
    known = hash_in(method, kind)
    named = str(known["brand"]).capitalize() if kind == "card" else kind
    return f"{named} •••• {known.get('last4') or ''}"


def _add_card(shown: Shown) -> str:
    return (
        f'<form method=post action="{escape(shown.path)}" novalidate>{inputs.card(shown.values)}'
        f"{pages.button('add_method', 'Add', first=True)}</form>"
        f'<p><a href="{escape(shown.path)}">Go back</a></p>'
    )


def _details(shown: Shown) -> str:
    allowed = hash_in(shown.features, "customer_update").get("allowed_updates")
    names = [name for name in ("name", *INPUTS) if isinstance(allowed, list) and (name in allowed or name == "name")]
    found = "".join(INPUTS.get(name, _name)(shown.customer) for name in names)
    action = escape(shown.path)
    return pages.section(
        "Billing information", f'<form method=post action="{action}">{found}{pages.button("edit", "Save")}</form>'
    )


def _name(customer: Shared) -> str:
    return inputs.text("name", "Name", {"name": str(customer.get("name") or "")}, autocomplete="name")


def _email(customer: Shared) -> str:
    return inputs.text("email", "Email", {"email": str(customer.get("email") or "")}, type="email")


def _phone(customer: Shared) -> str:
    return inputs.text("phone", "Phone number", {"phone": str(customer.get("phone") or "")}, type="tel")


def _address(customer: Shared) -> str:
    known = hash_in(customer, "address")
    names = {"Line1": "line1", "Line2": "line2", "City": "city", "State": "state", "PostalCode": "postal_code"}
    values = {f"billing{part}": str(known.get(name) or "") for part, name in {**names, "Country": "country"}.items()}
    return inputs.address("billing", values, required=False)


INPUTS: Mapping[str, Callable[[Shared], str]] = {"email": _email, "phone": _phone, "address": _address}


def _invoices(shown: Shown) -> str:
    if not shown.invoices:
        return pages.section("Invoice history", "<p>There is no invoice.</p>")
    return pages.section(
        "Invoice history", f"<ul class=lines>{''.join(_invoice(each) for each in shown.invoices)}</ul>"
    )


def _invoice(invoice: Fields) -> str:
    total = money(invoice, integer(invoice, "total"))
    day, url = date(integer(invoice, "created")), _safe(invoice.get("hosted_invoice_url"))
    named = f'<a href="{escape(url)}">{escape(day)}</a>' if url else escape(day)
    status = str(invoice["status"]).capitalize()
    return f"<li><span>{named}<small>{escape(status)}</small></span><b>{escape(total)}</b></li>"


def _safe(url: Json) -> str:
    return str(url) if url and str(url).startswith(("http://", "https://")) else ""
