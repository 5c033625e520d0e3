"""The payment sources of charges without a payment intent: cards of tokens and saved cards of customers."""

from __future__ import annotations

from typing import cast

from emulator import errors
from emulator.model.declaration.endpoint import Call, Scope
from emulator.model.declaration.private import private
from emulator.model.declaration.resource import Fields
from emulator.model.stored import objects
from emulator.model.stored.stored import decode, encode
from emulator.resources.payments.methods import card_details, method_state, payment_methods, sources
from emulator.schema.check import Params
from emulator.store.table import Row
from emulator.wire.namedtuples import NamedTuple

CUSTOMER = method_state.CUSTOMER
ACH = "ach_debit"  # the type of a bank account that is charged as a source (official)


class Source(NamedTuple):
    """A card or bank account that is charged: its id, its payment method's fields, its shown form."""

    id: str
    method: Fields
    shown: Fields


def source_of(call: Call) -> Source:
    """The source that a request names, or the default one of its customer. Raises StripeError."""
    source = _source_of(call)
    if source.method["type"] == ACH:
        _check_debit(call.params)
    return source


def _check_debit(params: Params) -> None:
    """Refuse what a debit of a bank account cannot do: hold money, and other currencies. Raises StripeError."""
    if params.get("capture") is False:
        raise errors.capture_not_optional()
    if str(params["currency"]).lower() != "usd":
        raise errors.bank_account_currency()


def _source_of(call: Call) -> Source:
    params = call.params
    sent = next((params[name] for name in ("source", "card") if params.get(name)), None)
    customer = params.get(CUSTOMER)
    if params.get("payment_method") and (sent or customer):
        raise errors.param_not_emulated(("payment_method",))
    if customer and isinstance(sent, dict):
        raise errors.param_not_emulated(("customer",))
    if customer:
        return _saved(call, str(customer), str(sent) if sent else None)
    if sent is None:
        raise errors.charge_without_source()
    new = sources.from_params(call, params)
    return _source(call.scope, Row(call.owner, new.id, -1, call.now, None, (), encode(new.fields)))


def _saved(call: Call, customer: str, wanted: str | None) -> Source:
    """A card of a customer. A token given together with a customer is looked up among the cards (observed)."""
    scope = call.scope
    row = objects.get(scope, CUSTOMER, customer)
    if row is None:
        other = call.sandbox.other_mode_of(customer)
        raise errors.no_such("customer", customer, CUSTOMER, other_mode=other)
    identifier = wanted or cast("str | None", decode(row).get("default_source"))
    if identifier is None:
        raise _nothing_to_charge(scope, customer)
    found = objects.get(scope, method_state.NAME, identifier)
    if found is None or found.parent != customer or sources.kind_of(identifier) is None:
        raise errors.customer_lacks_card(customer, identifier)
    return _source(scope, found)


def _nothing_to_charge(scope: Scope, customer: str) -> errors.StripeError:
    saved = scope.sandbox.table(method_state.NAME).newest(scope.owner, parent=customer)
    return errors.customer_with_payment_methods_only() if any(saved) else errors.customer_without_source()


def _source(scope: Scope, row: Row[bytes]) -> Source:
    """The source of a row. The checks of a card are made by the charge (observed). Raises StripeError."""
    method = decode(row)
    card = payment_methods.card_of(method)
    if card is None:
        return _bank(scope, row, method)
    details = cast("Fields", method["card"])
    checks = card_details.after_checks(card, cast("Fields", details["checks"]))
    after = row._replace(data=encode({**method, "card": {**details, "checks": checks}}))
    return Source(row.id, method, sources.shown(scope.sandbox, after))


def _bank(scope: Scope, row: Row[bytes], method: Fields) -> Source:
    """A verified bank account. Raises StripeError for others."""
    own = private(method_state.MethodState, method)
    if own["_status"] != sources.VERIFIED:
        raise errors.bank_account_must_be_verified()
    bank = {**cast("Fields", method["us_bank_account"]), "country": own["_country"]}
    return Source(row.id, {**method, "type": ACH, ACH: bank}, sources.shown(scope.sandbox, row))
