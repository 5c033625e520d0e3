"""The requests that make generic objects that nobody created, where the first values are not enough."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import cast

from emulator.errors import StripeError
from emulator.model.asking.requests import by_request, create, operation_of, run
from emulator.model.declaration.endpoint import Scope
from emulator.model.declaration.resource import Fields
from emulator.model.stored import objects
from emulator.schema.check import Params, Value
from emulator.schema.trees import hash_in

NAMED = "@"  # begins the name of an object that is made for a parameter
_ADDRESS: Params = {"city": "Berlin", "country": "DE", "line1": "Street 1", "postal_code": "10115"}
SENT: Mapping[str, Params] = MappingProxyType(
    {
        "credit_note": {"invoice": "@invoice", "amount": 100},
        "invoice": {"customer": "@customer"},
        "invoiceitem": {"customer": "@customer", "amount": 1000, "currency": "usd"},
        "issuing.authorization": {"amount": 1000, "card": "@issuing.card"},
        "issuing.card": {
            "cardholder": "@issuing.cardholder",
            "currency": "usd",
            "type": "physical",
            "shipping": {"name": "Jenny Rosen", "address": _ADDRESS},
        },
        "quote": {"customer": "@customer", "line_items": [{"price": "@price"}]},
        "subscription": {
            "customer": "@customer",
            "items": [{"price": "@price"}],
            "collection_method": "send_invoice",
            "days_until_due": 30,
        },
        "subscription_schedule": {
            "customer": "@customer",
            "start_date": "now",
            "phases": [{"items": [{"price": "@price", "quantity": 1}]}],
        },
    }
)
_MONEY: Params = {"currency": "usd", "value": 1000}
_NO_MONEY: Params = {"currency": "usd", "value": 0}
_RECORD: Params = {
    "amount": _MONEY,
    "amount_requested": _MONEY,
    **{f"amount_{each}": _NO_MONEY for each in ("authorized", "canceled", "failed", "guaranteed", "refunded")},
}
# Values of objects that no request creates, besides their first ones.
VALUES: Mapping[str, Params] = MappingProxyType(
    {
        "payment_attempt_record": _RECORD,
        "payment_record": _RECORD,
        "issuing.transaction": {
            "amount": -1000,
            "card": "@issuing.card",
            "currency": "usd",
            "merchant_amount": -1000,
            "merchant_currency": "usd",
            "type": "capture",
        },
    }
)
# Additions of later attempts: an invoice that can be sent, an item that is not the last one of its subscription.
LATER: Mapping[str, Params] = MappingProxyType(
    {
        "invoice": {"collection_method": "send_invoice", "days_until_due": 30},
        "subscription_item": {
            "items": [
                {"price": "@price"},
                {
                    "price_data": {
                        "currency": "usd",
                        "product": "@product",
                        "recurring": {"interval": "month"},
                        "unit_amount": 1000,
                    }
                },
            ]
        },
    }
)
# Values of later attempts, one after the other: a payment that is guaranteed, one that failed, a reader with an action.
LATER_VALUES: Mapping[str, tuple[Params, ...]] = MappingProxyType(
    {
        "payment_record": ({"amount_guaranteed": _MONEY}, {"amount_failed": _MONEY}),
        "terminal.reader": (
            {"action": {"type": "collect_inputs", "status": "in_progress", "collect_inputs": {"inputs": []}}},
            {"action": {"type": "process_payment_intent", "status": "in_progress"}},
        ),
    }
)
# States of later attempts, besides those that allow the actions of the tables.
STATES: Mapping[str, tuple[str, ...]] = MappingProxyType({"subscription": ("paused",)})
# Objects that a create of another one makes.
PARTS: Mapping[str, str] = MappingProxyType({"subscription_item": "subscription"})

First = Callable[[Scope, str, str | None], Fields]


def make(  # noqa: PLR0913, PLR0917 - four of them are the declaration's
    name: str, prefix: str, first: First, states: list[str], scope: Scope, identifier: str, parent: str | None
) -> Fields | None:
    """An object that nobody created: by its request where that is known, else its `first` values.

    In a later attempt of a request, its status is one of `states`, and an invoice is open.
    """
    attempt = scope.sandbox.unknown_ids.attempt
    states = [*states, *STATES.get(name, ())]
    state: Fields = {"status": states[attempt - 1]} if 0 < attempt <= len(states) else {}
    whole = PARTS.get(name, name)
    later = LATER.get(name, {}) if attempt else {}
    if whole not in SENT or not _is_created(scope, whole, later, prefix, identifier, parent):
        values = cast("Fields", _filled(scope, VALUES.get(name, {}), identifier))
        return {**first(scope, identifier, parent), **values, **state, **_part(LATER_VALUES, name, attempt)}
    if name == "invoice":
        _add_line(scope, identifier)
        if attempt:
            _open(scope, identifier)
    row = objects.get(scope, name, identifier)
    if row is not None and parent:
        row = objects.place(scope, name, row, parent)
    if row is not None and attempt and name == "issuing.card":
        state["shipping"] = {**hash_in(objects.fields(row), "shipping"), "status": "shipped"}
    if row is not None and state:
        objects.change(scope, name, row, **state)
    return None


def _part(later: Mapping[str, tuple[Params, ...]], name: str, attempt: int) -> Fields:
    known = later.get(name, ())
    return cast("Fields", known[attempt - 1]) if 0 < attempt <= len(known) else {}


def _is_created(  # noqa: PLR0913, PLR0917 - as many as its caller has
    scope: Scope, name: str, later: Params, prefix: str, identifier: str, parent: str | None
) -> bool:
    """Whether the request that creates an object succeeds, with the parameters of a `later` attempt."""
    above = {"customer": parent} if parent else {}
    given: Params = {"id": identifier} if "id" in operation_of(name).params.params else {}
    try:
        sent = {**_filled(scope, {**SENT[name], **later}, identifier), **above, **given}
        if name == "credit_note":
            _open(scope, str(sent["invoice"]))
        by_request(name, sent, prefix=prefix)(scope, identifier, None)
    except StripeError:
        return False
    return True


def _open(scope: Scope, invoice: str) -> None:
    """Give an invoice something to pay, and finalize it. Raises StripeError."""
    fields = objects.fields(objects.existing(scope, "invoice", invoice))
    if fields.get("status") != "draft":
        return
    if not fields["total"]:
        _bill(scope, invoice)
    run(scope, "PostInvoicesInvoiceFinalize", {}, {"invoice": invoice})


def _add_line(scope: Scope, invoice: str) -> None:
    """Give an invoice the line that the request names, if it names one. Raises StripeError."""
    line = next((text for text in scope.sandbox.unknown_ids.named if text.startswith("il_")), None)
    if line is not None:
        with scope.sandbox.ids.next(["il"], line):
            _bill(scope, invoice)


def _bill(scope: Scope, invoice: str) -> None:
    """Give an invoice a line. Raises StripeError."""
    customer = str(objects.fields(objects.existing(scope, "invoice", invoice))["customer"])
    create(scope, "invoiceitem", {"customer": customer, "invoice": invoice, "amount": 1000, "currency": "usd"})


def _filled(scope: Scope, params: Params, identifier: str) -> Params:
    return {key: _value(scope, value, identifier) for key, value in params.items()}


def _value(scope: Scope, value: Value, identifier: str) -> Value:
    """The value of a parameter; the name of an object is the id of one that is made."""
    if isinstance(value, str) and value.startswith(NAMED):
        name = value.removeprefix(NAMED)
        tail = identifier.rpartition("_")[2] if name == "customer" else identifier
        return _usual(scope, name, f"{objects.prefix_of(name) or name}_{tail}")
    if isinstance(value, dict):
        return _filled(scope, value, identifier)
    return [_value(scope, each, identifier) for each in value] if isinstance(value, list) else value


def _usual(scope: Scope, name: str, identifier: str) -> str:
    """The id of an object that another one needs, made in its usual state whatever the attempt is."""
    made = scope.sandbox.unknown_ids
    attempt, made.attempt = made.attempt, 0
    try:
        return objects.existing(scope, name, identifier).id
    finally:
        made.attempt = attempt
