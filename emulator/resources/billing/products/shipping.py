"""`/v1/shipping_rates`, the rates that a checkout session offers, and the cost of the one that is chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from emulator import errors
from emulator.model.asking.requests import create
from emulator.model.declaration.endpoint import Call
from emulator.model.declaration.resource import Fields
from emulator.model.stored.objects import of_id
from emulator.model.stored.stored import decode, rendered, shared, stored
from emulator.resources.money.currencies import check_currency
from emulator.sandbox.sandbox import Sandbox
from emulator.schema.check import Params, Value
from emulator.schema.trees import hash_in, integer, list_in
from emulator.store.table import Row
from emulator.wire.json import Json

RATE, OPTIONS, MOST = "shipping_rate", "shipping_options", 5
FIXED, CURRENCIES = "fixed_amount", "currency_options"
_ABSENT: frozenset[str] = frozenset()


# --- rates --------------------------------------------------------------------------------------------------------


def _create(call: Call, fields: Fields) -> Fields:
    """The fields of a new rate. Raises StripeError."""
    if not call.params.get(FIXED):
        raise errors.missing_param((FIXED,))
    fixed = hash_in(fields, FIXED)
    currency = check_currency(str(fixed["currency"]), f"{FIXED}[currency]")
    if integer(fixed, "amount") < 0:
        raise errors.shipping_amount_negative()
    return {"tax_behavior": "unspecified", **fields, FIXED: {**fixed, "currency": currency}}


def _update(_: Call, row: Row[bytes], fields: Fields) -> Fields:
    """POST /v1/shipping_rates/{shipping_rate_token}: amounts in more currencies are added to those that it has."""
    before = hash_in(decode(row), FIXED)
    more = {**hash_in(before, CURRENCIES), **hash_in(hash_in(fields, FIXED), CURRENCIES)}
    return {**fields, FIXED: {**before, CURRENCIES: more} if more else before}


def _render(sandbox: Sandbox, row: Row[bytes], _: int) -> Fields:
    """The rate; its amounts in other currencies show only when they are expanded."""
    fields = shared(row)
    fixed = {name: value for name, value in hash_in(fields, FIXED).items() if name != CURRENCIES}
    return rendered(RATE, _ABSENT, sandbox, row, {**fields, FIXED: fixed})


def _is_of_currency(row: Row[bytes], value: Value) -> bool:
    return hash_in(shared(row), FIXED).get("currency") == value


RATES = stored(
    RATE,
    "shr",
    noun="shipping rate",
    start={"active": True, "type": FIXED},
    filters=["active"],
    matches={"currency": _is_of_currency},
    create=_create,
    update=_update,
    unknown={"display_name": "Shipping", FIXED: {"amount": 500, "currency": "usd"}, "metadata": {}},
    render=_render,
)
RESOURCES = (RATES,)


# --- the options of a session -------------------------------------------------------------------------------------


def options_of(call: Call, currency: str) -> list[Fields]:
    """The shipping options of a request; `shipping_rate_data` makes a rate. Raises StripeError."""
    sent = list_in(call.params, OPTIONS)
    if len(sent) > MOST:
        raise errors.too_many_shipping_options(MOST)
    return [_option(call, each, f"{OPTIONS}[{place}]", currency) for place, each in enumerate(sent)]


def _option(call: Call, sent: Params, path: str, currency: str) -> Fields:
    data = hash_in(sent, f"{RATE}_data")
    if data and sent.get(RATE):
        raise errors.exclusive_params([(path, RATE), (path, f"{RATE}_data")])
    rate = create(call, RATE, data).id if data else sent.get(RATE)
    row = of_id(call, RATE, str(rate), f"{path}[{RATE}]")
    if not shared(row).get("active"):
        raise errors.shipping_rate_inactive(f"{path}[{RATE}]")
    return {"shipping_amount": _amount(hash_in(shared(row), FIXED), currency, path), RATE: row.id}


def _amount(fixed: Mapping[str, Json], currency: str, path: str) -> int:
    """The amount of a rate in a currency. Raises StripeError for a rate without it."""
    if fixed.get("currency") == currency:
        return integer(fixed, "amount")
    option = hash_in(hash_in(fixed, CURRENCIES), currency)
    if not option:
        raise errors.shipping_currency_differs(str(fixed.get("currency")), currency, f"{path}[{RATE}]")
    return integer(option, "amount")


def first(options: Sequence[Fields]) -> int:
    """The amount of the option that is chosen until the customer chooses another."""
    return integer(options[0], "shipping_amount") if options else 0


def cost(option: Fields) -> Fields:
    """`shipping_cost` of a session with an option; nothing is taxed."""
    amount = integer(option, "shipping_amount")
    return {"amount_subtotal": amount, "amount_tax": 0, "amount_total": amount, RATE: option[RATE]}
