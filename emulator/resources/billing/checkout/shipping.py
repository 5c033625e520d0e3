"""The shipping rates that a checkout session offers, and the cost of the one that is chosen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from emulator.resources import objects
from emulator.resources.endpoint import Call
from emulator.resources.generic.base.additions import created, hash_in, integer, list_in, of_id
from emulator.resources.resource import Fields
from emulator.schema.check import Params

RATE, OPTIONS = "shipping_rate", "shipping_options"


def options_of(call: Call) -> list[Fields]:
    """The shipping options of a request; `shipping_rate_data` makes a rate. Raises StripeError."""
    return [_option(call, each, f"{OPTIONS}[{place}]") for place, each in enumerate(list_in(call.params, OPTIONS))]


def _option(call: Call, sent: Params, path: str) -> Fields:
    data = hash_in(sent, f"{RATE}_data")
    rate = created(call, RATE, cast("Params", data))["id"] if data else sent.get(RATE)
    row = of_id(call, RATE, str(rate), f"{path}[{RATE}]")
    fixed = hash_in(objects.shown(call.scope, RATE, row), "fixed_amount")
    return {"shipping_amount": integer(fixed, "amount"), RATE: row.id}


def first(options: Sequence[Fields]) -> int:
    """The amount of the option that is chosen until the customer chooses another."""
    return integer(options[0], "shipping_amount") if options else 0


def cost(option: Fields) -> Fields:
    """`shipping_cost` of a session with an option; nothing is taxed."""
    amount = integer(option, "shipping_amount")
    return {"amount_subtotal": amount, "amount_tax": 0, "amount_total": amount, RATE: option[RATE]}
