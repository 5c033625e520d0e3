"""`/v1/payment_links`: each visit of a link makes a checkout session."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from emulator import errors
from emulator.model.asking import requests
from emulator.model.declaration.endpoint import Call, Scope
from emulator.model.declaration.private import kept, private
from emulator.model.declaration.resource import Events, Fields
from emulator.model.stored import objects
from emulator.model.stored.stored import decode, rendered, shared, stored
from emulator.resources.billing.base import automatic_tax
from emulator.resources.billing.checkout import checks, creation, items
from emulator.resources.billing.checkout.checks import PAYMENT, SUBSCRIPTION
from emulator.resources.billing.checkout.creation import SESSION
from emulator.resources.billing.checkout.kept import LinkState, SessionState, tax_rates
from emulator.resources.billing.products import shipping
from emulator.resources.generic.base import lists
from emulator.sandbox.change_log import step
from emulator.sandbox.sandbox import Sandbox
from emulator.schema.check import Params, Value
from emulator.schema.trees import hash_in, integer
from emulator.store.table import Row
from emulator.wire.form import Tree
from emulator.wire.json import Json

LINK = "payment_link"
ABSENT = frozenset("line_items name_collection optional_items".split())
PATH, DIGITS = "/b/test_", 18
STRIPE = "https://stripe.com"  # where the sessions of links lead to, which end on a page of Stripe's (observed)
CONFIRMATION: Json = {"hosted_confirmation": {"custom_message": None}, "type": "hosted_confirmation"}
# The first values of a link (official sample).
FIRST: Mapping[str, Json] = {
    "active": True,
    "after_completion": CONFIRMATION,
    "billing_address_collection": "auto",
    "customer_creation": "if_required",
    "payment_method_collection": "always",
    "submit_type": "auto",
    "tax_id_collection": {"enabled": False, "required": "never"},
}
# A link that a request names and nobody created.
UNKNOWN: Mapping[str, Json] = {**FIRST, "currency": "usd", "metadata": {}, **kept(LinkState(_mode=PAYMENT))}
# `subscription_data` of a link with a recurring price.
SUBSCRIBING: Mapping[str, Json] = {
    "description": None,
    "invoice_settings": {"issuer": {"type": "self"}},
    "metadata": {},
    "trial_period_days": None,
    "trial_settings": None,
}
GAPS = (("managed_payments", "enabled"),)
# The fields that a session takes over from its link.
COPIED = """
    allow_promotion_codes billing_address_collection consent_collection custom_fields custom_text customer_creation
    invoice_creation payment_method_collection payment_method_types phone_number_collection
    shipping_address_collection submit_type tax_id_collection
""".split()
PREFILLED = {"client_reference_id": "client_reference_id", "prefilled_email": "customer_email"}


def _create(call: Call, fields: Fields) -> Fields:
    """The fields of a new link. Raises StripeError."""
    _check(call)
    found = items.new(call, items.sent_in(call.params))
    recurring = any(items.is_recurring(each) for each in found)
    mode = SUBSCRIPTION if recurring else PAYMENT
    _check_mode(call.params, mode)
    offered = shipping.options_of(call, str(found[0]["currency"]))
    totals = items.totals(found, shipping=shipping.first(offered))
    if not recurring:
        checks.check_total(totals.total, str(found[0]["currency"]))
    whole: Fields = {**FIRST, "invoice_creation": None if recurring else creation.NO_INVOICE, **fields}
    return {
        **whole,
        **({automatic_tax.NAME: automatic_tax.of_terms(fields)} if automatic_tax.is_on(fields) else {}),
        "currency": found[0]["currency"],
        "line_items": totals.fields["line_items"],
        "shipping_options": cast("Json", offered),
        "subscription_data": _subscribing(fields) if recurring else None,
        "restrictions": _restrictions(fields, 0),
        "url": f"{call.address}{PATH}{call.sandbox.ids.token(DIGITS)}",
        **kept(LinkState(_mode=mode, _address=call.address)),
    }


def _check(call: Call) -> None:
    automatic_tax.check(call)
    for path in GAPS:
        if hash_in(call.params, path[0]).get(path[1]):
            raise errors.param_not_emulated(path)
    for name in ("optional_items", "name_collection"):
        if call.params.get(name):
            raise errors.param_not_emulated((name,))
    url = hash_in(hash_in(call.params, "after_completion"), "redirect").get("url")
    if url and "://" not in str(url):
        raise errors.url_not_valid("after_completion[redirect][url]")


def _check_mode(params: Params, mode: str) -> None:
    unfit = ("payment_intent_data", "shipping_options") if mode == SUBSCRIPTION else ("subscription_data",)
    for name in unfit:
        if params.get(name):
            raise errors.param_not_in_mode(name, mode)
    if mode == SUBSCRIPTION and hash_in(params, "invoice_creation").get("enabled"):
        raise errors.invoice_creation_in_mode()


def _subscribing(fields: Mapping[str, Json]) -> Fields:
    given = {name: value for name, value in hash_in(fields, "subscription_data").items() if value is not None}
    return {**SUBSCRIBING, **given}


def _restrictions(fields: Mapping[str, Json], count: int) -> Json:
    sent = hash_in(hash_in(fields, "restrictions"), "completed_sessions")
    return {"completed_sessions": {"count": count, "limit": sent["limit"]}} if sent else None


def _update(call: Call, row: Row[bytes], fields: Fields) -> Fields:
    """POST /v1/payment_links/{payment_link}. Raises StripeError."""
    _check(call)
    known = decode(row)
    if "line_items" in call.params:
        fields["line_items"] = _changed_items(call.params, known)
    if "restrictions" in call.params:
        before = hash_in(hash_in(known, "restrictions"), "completed_sessions")
        fields["restrictions"] = _restrictions(fields, integer(before, "count"))
    return fields


def _changed_items(params: Params, known: Fields) -> Json:
    """The items with other quantities; others cannot be added (official). Raises StripeError."""
    wanted = {str(each["id"]): each for each in items.sent_in(params)}
    found = items.of(known)
    for place, identifier in enumerate(wanted):
        if identifier not in {each["id"] for each in found}:
            raise errors.no_such("line item", identifier, f"line_items[{place}][id]")
    changed = [{**each, **_changed(each, wanted.get(str(each["id"]), {}))} for each in found]
    return items.totals(changed).fields["line_items"]


def _changed(item: Fields, sent: Mapping[str, Value]) -> Fields:
    after: Fields = {}
    if "quantity" in sent:
        after["quantity"] = integer(sent, "quantity")
    if adjustable := hash_in(sent, "adjustable_quantity"):
        after["adjustable_quantity"] = {**items.NO_LIMITS, **hash_in(item, "adjustable_quantity"), **adjustable}
    return after


def _render(sandbox: Sandbox, row: Row[bytes], _: int) -> Fields:
    body = rendered(LINK, ABSENT, sandbox, row, shared(row))
    body.pop(items.LINES, None)
    return body


# --- visits -------------------------------------------------------------------------------------------------------


def find(sandbox: Sandbox, path: str) -> Row[bytes] | None:
    """The link of the path of a URL."""
    rows = (row for row in sandbox.table(LINK).everything() if path.encode() in row.data)  # few are parsed
    return next((row for row in rows if str(shared(row).get("url")).endswith(path)), None)


@step("visit_payment_link")
def visit(sandbox: Sandbox, link: str, query: Tree, address: str) -> Row[bytes]:
    """A new checkout session of a link, with the parameters of its URL. Raises LookupError and StripeError."""
    row: Row[bytes] | None = sandbox.table(LINK).find(link)
    if row is None:
        raise LookupError(f"This sandbox has no payment link {link[:100]}")
    scope = Scope(sandbox, row.owner, sandbox.clock.now())
    made = requests.create(scope, SESSION, _session(row, cast("Mapping[str, Json]", query)), address=address)
    return objects.change(scope, SESSION, made, **kept(SessionState(_link=row.id)))


def _session(row: Row[bytes], query: Mapping[str, Json]) -> Fields:
    """The parameters of the session of a visit."""
    fields = shared(row)
    mode = private(LinkState, fields)["_mode"]
    lines: list[Json] = [_line(each) for each in items.of(fields)]
    given = {PREFILLED[name]: value for name, value in query.items() if name in PREFILLED and value}
    taxes = hash_in(fields, "tax_id_collection")
    copied = {name: fields[name] for name in COPIED if fields.get(name)}
    data = {name: value for name, value in hash_in(fields, "subscription_data").items() if value}
    params: Fields = {
        **copied,
        **({automatic_tax.NAME: {"enabled": True}} if automatic_tax.is_on(fields) else {}),
        "tax_id_collection": taxes if taxes.get("enabled") else None,
        "mode": mode,
        "line_items": lines,
        "metadata": fields.get("metadata"),
        "payment_intent_data": _intent_data(fields) if mode == PAYMENT else None,
        "shipping_options": [{"shipping_rate": each["shipping_rate"]} for each in _offered(fields)],
        "subscription_data": data if mode == SUBSCRIPTION else None,
        "success_url": STRIPE,
        "cancel_url": STRIPE,
        "payment_link": row.id,
        **given,
    }
    if mode == SUBSCRIPTION:
        params |= {"customer_creation": None, "invoice_creation": None}
    return {name: value for name, value in params.items() if value not in (None, [], {})}


def _offered(fields: Mapping[str, Json]) -> list[Fields]:
    return cast("list[Fields]", fields.get("shipping_options") or [])


def _line(item: Fields) -> Fields:
    line: Fields = {
        "price": hash_in(item, "price")["id"],
        "quantity": item["quantity"],
        "adjustable_quantity": item["adjustable_quantity"],
        "tax_rates": tax_rates(item),
    }
    return {name: value for name, value in line.items() if value}


def _intent_data(fields: Mapping[str, Json]) -> Json:
    names = ("application_fee_amount", "on_behalf_of", "transfer_data")
    own = {name: fields[name] for name in names if fields.get(name)}
    data = {name: value for name, value in hash_in(fields, "payment_intent_data").items() if value}
    return {**data, **own}


def check_left(scope: Scope, session: Mapping[str, Json]) -> None:
    """Refuses one more session of a link than its limit: that is the most that can be completed (official).

    Raises StripeError.
    """
    row = objects.get(scope, LINK, private(SessionState, session).get("_link", ""))
    limits = hash_in(hash_in(shared(row), "restrictions"), "completed_sessions") if row is not None else {}
    if limits and integer(limits, "count") >= integer(limits, "limit"):
        raise errors.payment_link_used_up()


def completed(scope: Scope, session: Fields) -> None:
    """Count a session of a link that is complete; one more than the limit allows is not made (official)."""
    row = objects.get(scope, LINK, private(SessionState, session).get("_link", ""))
    limits = hash_in(hash_in(shared(row), "restrictions"), "completed_sessions") if row is not None else {}
    if row is None or not limits:
        return
    count = integer(limits, "count") + 1
    active = bool(shared(row)["active"]) and count < integer(limits, "limit")
    restrictions = {"completed_sessions": {**limits, "count": count}}
    objects.change(scope, LINK, row, restrictions=restrictions, active=active)


LINKS = stored(
    LINK,
    "plink",
    noun=LINK,
    private=LinkState,
    absent=ABSENT,
    request_only=("line_items", "shipping_options"),
    filters=["active"],
    create=_create,
    update=_update,
    unknown=lambda _, identifier, __: {**UNKNOWN, "url": f"{STRIPE}{PATH}{identifier}"},
    render=_render,
    include=lambda call, identifier, name: lists.include("/v1/payment_links", LINK, call, identifier, name),
    events=Events("payment_link.created", "payment_link.updated"),
)
RESOURCES = (LINKS,)
