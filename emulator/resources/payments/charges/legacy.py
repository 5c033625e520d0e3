"""`POST /v1/charges`: payments without a payment intent, and the parameters of captures."""

from __future__ import annotations

from functools import cache
from typing import cast

from emulator import catalog, errors
from emulator.catalog.versions import Version
from emulator.model.declaration.endpoint import Call
from emulator.model.declaration.resource import Fields
from emulator.model.stored.metadata import merged
from emulator.model.stored.references import placed
from emulator.model.stored.stored import decode
from emulator.resources.connect.accounts.base.formats import check_email
from emulator.resources.money.currencies import check_currency
from emulator.resources.money.exchange import check_amount
from emulator.resources.payments.charges import descriptors, engine
from emulator.resources.payments.charges.payment import Payment, TransferData
from emulator.resources.payments.charges.sources import source_of
from emulator.resources.payments.transfers.terms import check_terms, merchant_of
from emulator.schema.spec import Object, Param, String
from emulator.schema.trees import hash_at
from emulator.store.table import Row
from emulator.wire.json import Json

_CHANGED_BY_CAPTURE = (
    "application_fee_amount", "receipt_email", "statement_descriptor", "statement_descriptor_suffix", "transfer_group"
)  # fmt: skip


@cache
def create_params(_: Version) -> Object:
    """The parameters of POST /v1/charges, which accept `payment_method` but do not charge it (observed)."""
    return Object({**catalog.operation("PostCharges").params.params, "payment_method": Param(String())})


def charged(call: Call) -> Row[bytes]:
    """Make the charge of a request. Raises StripeError, also the 402 of a decline, which keeps its charge."""
    payment = _payment(call)
    row = engine.attempt(call.scope, payment)
    if decode(row)["status"] == "failed":
        raise engine.decline_of(row)
    return row


def _payment(call: Call) -> Payment:
    params = call.params
    for name in ("amount", "currency"):
        if name not in params:
            raise errors.missing_param((name,))
    currency, amount = check_currency(str(params["currency"])), cast("int", params["amount"])
    if amount < 1:
        raise errors.integer_too_small(("amount",), 1)
    check_amount(merchant_of(call.scope, params.get("on_behalf_of")), amount, currency)
    check_terms(call.scope, _terms(call), amount, "transfer_data" if params.get("transfer_data") else "destination")
    check_email(params, ("receipt_email",))
    descriptors.check(params)
    source = source_of(call)
    shipping = placed(call, "charge", {"shipping": params["shipping"]}) if "shipping" in params else {}
    return Payment(
        amount=amount,
        currency=currency,
        family=call.sandbox.ids.family(call.now, call.owner),
        method=source.method,
        method_id=source.id,
        source=source.shown,
        customer=_text(call, "customer"),
        capture=params.get("capture") is not False,
        description=_text(call, "description"),
        metadata=merged({}, params.get("metadata")),
        statement_descriptor=_text(call, "statement_descriptor"),
        statement_descriptor_suffix=_text(call, "statement_descriptor_suffix"),
        receipt_email=_text(call, "receipt_email"),
        application_fee_amount=_fee(call),
        transfer_data=_transfer_data(call),
        on_behalf_of=_text(call, "on_behalf_of"),
        shipping=shipping.get("shipping"),
        transfer_group=_text(call, "transfer_group"),
        radar_options=cast("Fields", hash_at(params, "radar_options")),
    )


def _terms(call: Call) -> dict[str, object]:
    """The parameters for Connect under their present names. Old ones are `application_fee` and `destination`."""
    params = call.params
    old = params.get("destination")
    data = old if isinstance(old, dict) else {"account": old} if old else {}
    destination = {"destination": data["account"], **data} if data else {}
    return {
        "application_fee_amount": _fee(call),
        "on_behalf_of": params.get("on_behalf_of"),
        "transfer_data": params.get("transfer_data") or destination,
    }


def _fee(call: Call) -> int | None:
    params = call.params
    return cast("int | None", params.get("application_fee_amount", params.get("application_fee")))


def _transfer_data(call: Call) -> TransferData | None:
    data = cast("dict[str, object]", _terms(call)["transfer_data"])
    return TransferData(str(data["destination"]), cast("int | None", data.get("amount"))) if data else None


def _text(call: Call, name: str) -> str | None:
    value = call.params.get(name)
    return value or None if isinstance(value, str) else None


def changed_by_capture(call: Call, charge: Fields) -> Fields:
    """The fields of a charge that the parameters of a capture set. Raises StripeError."""
    check_email(call.params, ("receipt_email",))
    descriptors.check(call.params)
    changed = {name: cast("Json", call.params[name]) for name in _CHANGED_BY_CAPTURE if name in call.params}
    if "application_fee" in call.params:
        changed["application_fee_amount"] = _fee(call)
    data, sent = charge.get("transfer_data"), call.params.get("transfer_data")
    if isinstance(sent, dict) and "amount" in sent:
        changed["transfer_data"] = {**(data if isinstance(data, dict) else {}), "amount": cast("int", sent["amount"])}
    check_terms(call.scope, {**charge, **changed}, cast("int", charge["amount"]))
    return changed
