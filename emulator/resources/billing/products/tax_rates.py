"""`/v1/tax_rates`."""

from __future__ import annotations

from emulator import errors
from emulator.model.asking.requests import by_request
from emulator.model.declaration.endpoint import Call
from emulator.model.declaration.resource import Events, Fields
from emulator.model.stored.stored import stored

RATE = "tax_rate"
LARGEST = 100.0


def _create(call: Call, fields: Fields) -> Fields:
    """The fields of a new rate: a part of a hundred. Raises StripeError."""
    if not 0 <= float(str(call.params["percentage"])) <= LARGEST:
        raise errors.percentage_out_of_range()
    return {**fields, "effective_percentage": fields.get("percentage"), "rate_type": "percentage"}


TAX_RATES = stored(
    RATE,
    "txr",
    noun="tax rate",
    param=RATE,
    start={"active": True},
    filters=["active", "inclusive"],
    create=_create,
    update=lambda _, __, fields: fields,
    unknown=by_request(RATE, {"display_name": "VAT", "inclusive": False, "percentage": 19}),
    events=Events("tax_rate.created", "tax_rate.updated"),
)
RESOURCES = (TAX_RATES,)
