"""`/v1/confirmation_tokens`: data that Stripe.js collects for one confirmation. Tests create them by a test helper."""

from __future__ import annotations

from typing import cast

from emulator import errors
from emulator.model.asking.requests import by_request
from emulator.model.declaration.endpoint import Call
from emulator.model.declaration.private import Private, kept, private
from emulator.model.declaration.resource import Fields
from emulator.model.stored import objects
from emulator.model.stored.stored import decode, stored
from emulator.resources.payments.methods import method_state, payment_methods
from emulator.resources.payments.methods.types import with_cards
from emulator.schema.check import Params
from emulator.schema.trees import hash_at
from emulator.store.table import Row
from emulator.wire.namedtuples import NamedTuple

NAME = "confirmation_token"
LIFETIME = 12 * 3600  # seconds (official)
_PREVIEWED = ("allow_redisplay", "billing_details", "customer", "type")


class TokenState(Private, total=False):
    """What a token keeps: the id of its payment method."""

    _method: str


class Token(NamedTuple):
    """The content of a token: `fields` are those that it sets on the intent."""

    method: Row[bytes]
    return_url: str | None
    acceptance: Params | None
    fields: Fields


def use(call: Call, intent: str) -> Token | None:
    """Use up the token that a request confirms an intent with. Raises StripeError."""
    identifier = call.params.get(NAME)
    if not identifier:
        return None
    row = objects.get(call.scope, NAME, str(identifier))
    if row is None:
        raise errors.no_such(NAME, str(identifier), NAME)
    fields = decode(row)
    if fields.get("payment_intent") or fields.get("setup_intent"):
        raise errors.confirmation_token_used()
    if cast("int", fields["expires_at"]) <= call.now:
        raise errors.confirmation_token_expired()
    kind = "setup_intent" if intent.startswith("seti_") else "payment_intent"
    objects.change(call.scope, NAME, row, **{kind: intent})
    sets = {name: fields[name] for name in ("setup_future_usage", "shipping") if fields.get(name)}
    return Token(
        method=payment_methods.resolve(call.scope, private(TokenState, fields)["_method"], NAME),
        return_url=cast("str | None", fields.get("return_url")),
        acceptance=_acceptance(fields),
        fields=sets if kind == "payment_intent" else {},
    )


def _acceptance(fields: Fields) -> Params | None:
    data = fields.get("mandate_data")
    return cast("Params", data["customer_acceptance"]) if isinstance(data, dict) else None


def _create(call: Call, sent: Fields) -> Fields:
    """POST /v1/test_helpers/confirmation_tokens. Raises StripeError."""
    method = _method(call)
    fields = objects.shown(call.scope, method_state.NAME, method)
    kind = str(fields["type"])
    preview: Fields = {name: fields[name] for name in (*_PREVIEWED, kind) if name in fields}
    return {
        **sent,
        "expires_at": call.now + LIFETIME,
        "payment_method_preview": dict(sorted(preview.items())),
        "use_stripe_sdk": True,
        **kept(TokenState(_method=method.id)),
    }


def _method(call: Call) -> Row[bytes]:
    """The payment method of a new token: one that exists, or a new one. Raises StripeError."""
    if call.params.get("payment_method"):
        return payment_methods.resolve(call.scope, str(call.params["payment_method"]), "payment_method")
    data = hash_at(call.params, "payment_method_data")
    if not data:
        raise errors.missing_param(("payment_method_data",))
    return payment_methods.from_data(call, data, "payment_method_data")


CONFIRMATION_TOKENS = stored(
    NAME,
    "ctoken",
    noun=NAME,
    private=TokenState,
    request_only=("payment_method", "payment_method_data"),
    create=_create,
    params={"create": with_cards("PostTestHelpersConfirmationTokens")},
    unknown=by_request(NAME, {"payment_method": "pm_card_visa"}),
)
RESOURCES = (CONFIRMATION_TOKENS,)
