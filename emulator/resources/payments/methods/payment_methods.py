"""Payment methods: made from test names and parameters, saved for a customer, used for a payment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, cast

from emulator import errors
from emulator.errors import StripeError
from emulator.model.declaration import registry, unknown
from emulator.model.declaration.endpoint import Call, Scope
from emulator.model.declaration.private import kept, private
from emulator.model.declaration.resource import Fields, Shared
from emulator.model.stored import objects
from emulator.model.stored.metadata import merged
from emulator.model.stored.stored import decode, encode, shared
from emulator.resources.payments.methods import card_details, card_tokens, declines, types
from emulator.resources.payments.methods.card_details import CVC, POSTAL_CODE, Details
from emulator.resources.payments.methods.cards import BY_NAME, CARDS, TestCard
from emulator.resources.payments.methods.declines import DECLINES, Decline
from emulator.resources.payments.methods.method_state import CUSTOMER, NAME, MethodState, is_source
from emulator.schema.check import Params, Value
from emulator.schema.trees import hash_at, merge
from emulator.store.table import Row
from emulator.wire.path import ParamPath, format_path

CARD_NAME = "pm_card_"
OLD = ("ba_", "card_", "src_")  # how ids of sources begin, which are payment methods too
ADDRESS = ("city", "country", "line1", "line2", "postal_code", "state")
CONTACT = ("email", "name", "phone", "tax_id")


def resolve(scope: Scope, identifier: str, param: str = NAME, status: int = 400) -> Row[bytes]:
    """The payment method of an id. A name such as `pm_card_visa` makes a new one each time. Raises StripeError."""
    row = find(scope, identifier)
    if row is None:
        raise missing(scope, identifier, param, status)
    return row


def find(scope: Scope, identifier: str) -> Row[bytes] | None:
    """The payment method of an id, or a new one of a test name; None for any other text."""
    row = _of_name(scope, identifier) or objects.get(scope, NAME, identifier)
    return row or (unknown.create(registry.declared(NAME), scope, identifier) if identifier.startswith(OLD) else None)


def missing(scope: Scope, identifier: str, param: str = NAME, status: int = 400) -> StripeError:
    """The error of an unknown payment method, which suggests where it may exist (observed)."""
    other = scope.sandbox.other_mode_of(identifier)
    if other is not None:
        return errors.no_such("PaymentMethod", identifier, param, status, other)
    if scope.account is None:
        return errors.payment_method_missing(identifier, param, status)
    if objects.get(scope.platform, NAME, identifier) is not None:
        return errors.payment_method_of_the_platform(identifier, param, status)
    return errors.payment_method_not_here(identifier, param, status)


def _of_name(scope: Scope, name: str) -> Row[bytes] | None:
    card = _card_of_name(scope, name)
    if card is not None:
        return add(scope, card)
    account = types.test_method(scope, name)
    return add(scope, _of_made(*account, types.HOLDER)) if account else None


def draft(scope: Scope, name: str) -> Row[bytes] | None:
    """A new card of a test name that is not stored yet: `use` and `stored` do that. None for any other text."""
    card = _card_of_name(scope, name)
    return None if card is None else Row(scope.owner, _new_id(scope), -1, scope.now, None, (), encode(card))


def _card_of_name(scope: Scope, name: str) -> Fields | None:
    card = BY_NAME.get(name.removeprefix(CARD_NAME)) if name.startswith(CARD_NAME) else None
    return of_card(scope, card_details.from_name(card, scope.now)) if card else None


def stored(scope: Scope, row: Row[bytes]) -> Row[bytes]:
    """A payment method, stored unless it is."""
    return row if row.number >= 0 else objects.add(scope, NAME, row.id, shared(row))


def nobody_created(scope: Scope, _: str, parent: str | None) -> Fields:
    """The fields of a payment method that a request names and nobody created: a Visa card."""
    card = of_card(scope, card_details.from_name(BY_NAME["visa"], scope.now))
    return {**card, "customer": parent}


def add(scope: Scope, fields: Fields) -> Row[bytes]:
    """Store a new payment method."""
    return objects.add(scope, NAME, _new_id(scope), fields)


def _new_id(scope: Scope) -> str:
    return scope.sandbox.ids.in_account("pm", scope.now, scope.owner)


def of_card(scope: Scope, details: Details, billing: Params | None = None) -> Fields:
    """The fields of a payment method of a card."""
    address = hash_at(billing or {}, "address")
    return {
        "allow_redisplay": "unspecified",
        "billing_details": billing_details(billing or {}),
        "card": card_details.shown(scope, details, address),
        "metadata": {},
        "type": "card",
        **kept(MethodState(_number=details.card.number)),
        **(kept(MethodState(_named=True)) if details.named else {}),
    }


def billing_details(sent: Params) -> Fields:
    """Billing details with every name."""
    address = hash_at(sent, "address")
    found = {
        "address": {name: address.get(name) or None for name in ADDRESS},
        **{name: sent.get(name) or None for name in CONTACT},
    }
    return cast("Fields", found)


def from_data(call: Call, data: Params, param: str = "") -> Row[bytes]:
    """A new payment method by its details, at `param` in the request. Raises StripeError."""
    at: ParamPath = (param,) if param else ()
    kind = data.get("type")
    if not kind:
        raise errors.missing_param((*at, "type"))
    fields = _of_sent_card(call, data, at) if kind == "card" else _of_type(call.scope, str(kind), data, at)
    fields["metadata"] = dict(merged({}, data.get("metadata"), (*at, "metadata")))
    if data.get("allow_redisplay"):
        fields["allow_redisplay"] = str(data["allow_redisplay"])
    return add(call.scope, fields)


def _of_sent_card(call: Call, data: Params, at: ParamPath) -> Fields:
    """The fields of a card: of its number, or of a token."""
    sent = data.get("card")
    if not isinstance(sent, dict):
        raise errors.missing_param((*at, "card"))
    billing = hash_at(data, "billing_details")
    if "token" not in sent:
        fields = of_card(call.scope, card_details.from_number(call, sent), billing)
        return _with_network(fields, hash_at(sent, "networks").get("preferred"))
    card = card_tokens.consume_card(call.scope, str(sent["token"]), format_path((*at, "card", "token")))
    return of_card(call.scope, card.details, merge(card.billing, billing))


def _with_network(fields: Fields, preferred: Value | None) -> Fields:
    """A card with the network that its holder prefers. Raises StripeError for a network that the card does not have."""
    card = cast("Fields", fields["card"])
    networks = cast("Fields", card["networks"])
    if not preferred:
        return fields
    if preferred not in cast("list[str]", networks["available"]):
        raise errors.network_unavailable(str(preferred))
    return {**fields, "card": {**card, "networks": {**networks, "preferred": str(preferred)}}}


def _of_type(scope: Scope, kind: str, data: Params, at: ParamPath) -> Fields:
    made = types.make(scope, kind, data, at)
    return _of_made(kind, made, hash_at(data, "billing_details"))


def _of_made(kind: str, made: types.Made, billing: Params) -> Fields:
    return {
        "allow_redisplay": "unspecified",
        "billing_details": billing_details(billing),
        kind: made.shown,
        "metadata": {},
        "type": kind,
        **(kept(MethodState(_number=made.number)) if made.number else {}),
    }


def card_of(fields: Shared) -> TestCard | None:
    """The card of a payment method, None for other types."""
    return CARDS.get(number_of(fields) or "") if fields.get("type") == "card" else None


def number_of(fields: Shared) -> str | None:
    """The number of the card or of the bank account of a payment method, which decides the result of payments."""
    return private(MethodState, fields).get("_number")


def decline_of(fields: Shared, use: Literal["attach", "charge"]) -> Decline | None:
    """The decline of saving a card or of paying with it; after the authentication, where one is needed."""
    card = card_of(fields)
    if card is None:
        return None
    name = card.attach if use == "attach" else card.charge
    named = private(MethodState, fields).get("_named")
    if name is None and not named:  # a test name sends no values; its checks fail without a decline
        name = _failed_check(card, _checks(fields))
    return DECLINES[name] if name else None


def _failed_check(card: TestCard, checks: Fields) -> str | None:
    """The decline of a card whose sent values are wrong."""
    if card.fails_cvc and checks.get(CVC):
        return "incorrect_cvc"
    return "incorrect_zip" if card.fails_postal_code and checks.get(POSTAL_CODE) else None


def check_free(row: Row[bytes], customer: str) -> None:
    """Refuse to save a payment method that is another customer's, or used up. Raises StripeError."""
    owner = decode(row).get(CUSTOMER)
    if owner and owner != customer:
        raise errors.payment_method_attached_elsewhere()
    if not owner:
        check_unused(row)


def attach(scope: Scope, row: Row[bytes], customer: str, *, validate: bool = True) -> Row[bytes]:
    """Save a payment method for an existing customer. Raises StripeError.

    With `validate`, the bank checks the card: cards that it declines cannot be saved.
    """
    fields = decode(row)
    if fields.get(CUSTOMER) == customer:
        return row
    check_free(row, customer)
    return objects.change(scope, NAME, row._replace(parent=customer), **saved(fields, customer, validate=validate))


def saved(
    fields: Fields,
    customer: str,
    refusal: Callable[[Decline], StripeError] = declines.refusal_to_save,
    *,
    validate: bool = True,
) -> Fields:
    """The fields of a payment method after it is saved. Raises the `refusal` of a card that is declined."""
    if not validate:  # its checks stay open (observed)
        return {**fields, CUSTOMER: customer}
    decline = decline_of(fields, "attach")
    if decline is not None:
        raise refusal(decline)
    return {**fields, CUSTOMER: customer, **_checked(fields)}


def detach(scope: Scope, row: Row[bytes]) -> Row[bytes]:
    """Remove a payment method from its customer; it cannot be used again. Raises StripeError."""
    customer = decode(row).get(CUSTOMER)
    if not customer:
        raise errors.payment_method_not_attached()
    after = objects.change(scope, NAME, row._replace(parent=None), customer=None, **kept(MethodState(_used=True)))
    forget(scope, str(customer), row.id)
    return after


def forget(scope: Scope, customer: str, identifier: str) -> None:
    """Unset the defaults of a customer that name a payment method which the customer no longer has.

    The newest of the other sources becomes the default source (official).
    """
    row = objects.get(scope, CUSTOMER, customer)
    if row is None:
        return
    fields = decode(row)
    changed: Fields = {}
    settings = fields.get("invoice_settings")
    if isinstance(settings, dict) and settings.get("default_payment_method") == identifier:
        changed["invoice_settings"] = {**settings, "default_payment_method": None}
    if fields.get("default_source") == identifier:
        others = scope.sandbox.table(NAME).newest(scope.owner, parent=customer)
        changed["default_source"] = next((each.id for each in others if is_source(each.id)), None)
    if changed:
        objects.change(scope, CUSTOMER, row, **changed)


def clone(scope: Scope, params: Params) -> Row[bytes]:
    """A copy of a payment method of the platform on the account that a request acts as (official). Raises StripeError.

    The request must name the customer of the original; an original without a customer cannot be used again.
    """
    platform, identifier = scope.platform, str(params["payment_method"])
    row = resolve(platform, identifier)
    if scope.account is None:
        raise errors.clone_without_account()
    fields, customer = decode(row), params.get(CUSTOMER)
    check_owner(row, str(customer) if customer else None)
    check_unused(row)
    if not fields.get(CUSTOMER):
        use(platform, row, checked=False)
    copied: Fields = {**{name: value for name, value in fields.items() if name != CUSTOMER}, "metadata": {}}
    private(MethodState, copied).pop("_used", None)
    return add(scope, copied)


def check_owner(row: Row[bytes], customer: str | None) -> None:
    """Refuse a payment method of a customer that the request does not name. Raises StripeError."""
    owner = shared(row).get(CUSTOMER)
    if owner and customer is None:
        raise errors.payment_method_of_a_customer(row.id, str(owner))
    if customer is not None and owner != customer:
        raise errors.payment_method_of_another_customer(row.id, customer)


def use(scope: Scope, row: Row[bytes], *, checked: bool = True) -> Row[bytes]:
    """Mark a payment method as used by an attempt to pay: without a customer, it cannot be used again.

    The checks of a card then show their results, also after a failed attempt, unless the bank was not asked.
    """
    fields = shared(row)
    changed = _checked(fields) if checked else {}
    if not fields.get(CUSTOMER):
        changed |= kept(MethodState(_used=True))
    if row.number < 0:
        return objects.add(scope, NAME, row.id, {**fields, **changed})
    return objects.change(scope, NAME, row, **changed)


def check_unused(row: Row[bytes]) -> None:
    """Refuse a payment method that was used or detached, and has no customer. Raises StripeError."""
    fields = shared(row)
    if private(MethodState, fields).get("_used") and not fields.get(CUSTOMER):
        raise errors.payment_method_used_up()


def _checks(fields: Shared) -> Fields:
    return cast("Fields", cast("Fields", fields["card"])["checks"])


def _checked(fields: Shared) -> Fields:
    card = card_of(fields)
    if card is None:
        return {}
    shown = cast("Fields", fields["card"])
    return {"card": {**shown, "checks": card_details.after_checks(card, _checks(fields))}}
