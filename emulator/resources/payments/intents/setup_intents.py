"""`/v1/setup_intents`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import cast

from emulator import errors
from emulator.model.asking.requests import by_request
from emulator.model.declaration.endpoint import Call
from emulator.model.declaration.private import kept
from emulator.model.declaration.resource import Fields, Handler
from emulator.model.stored import objects
from emulator.model.stored.metadata import merged
from emulator.model.stored.references import placed
from emulator.model.stored.stored import decode, rendered, shared, stored
from emulator.resources.payments.intents import confirmation_params, endpoints, microdeposits, parameters, states
from emulator.resources.payments.intents.confirmation import check_method, secret_of
from emulator.resources.payments.intents.events import setup_events
from emulator.resources.payments.intents.setup_confirmation import confirm, due_times, elapse, verify
from emulator.resources.payments.intents.states import SETUP, SetupIntentState
from emulator.resources.payments.methods.types import with_cards
from emulator.sandbox.ids import minute_digits
from emulator.sandbox.sandbox import Sandbox
from emulator.store.table import Row

NOUN = "setupintent"
ONLY_WITH_CONFIRM = ("confirmation_token", "mandate_data", "return_url")
_ABSENT = frozenset(("attach_to_self",))
_NEVER = frozenset(("expand", "metadata", "single_use"))
# Responses always show `off_session`, whatever was requested (observed).
_START: Fields = {"managed_payments": {"enabled": False}, "usage": "off_session"}


def _render(sandbox: Sandbox, row: Row[bytes], _: int) -> Fields:
    body = rendered(SETUP, _ABSENT, sandbox, row, shared(row))
    body["client_secret"] = secret_of(row)
    return body


def _shown(call: Call, row: Row[bytes]) -> Fields:
    return endpoints.shown_to(call, SETUP, _render(call.sandbox, row, call.now))


def _create(call: Call, sent: Fields) -> Fields:
    """The fields of a new setup intent. One that is confirmed at once gets its payment method by that."""
    _check_new(call)
    fields: Fields = {
        **_START,
        "application": call.sandbox.client_id if call.acting else None,
        "customer": parameters.customer_of(call),
        **sent,
        **parameters.types_of(call, None, SETUP),
        "status": states.METHOD,
        "payment_method": None,
        "usage": "off_session",
        **kept(SetupIntentState(_secret=minute_digits(call.now) + call.sandbox.ids.token(27))),
    }
    if call.params.get("on_behalf_of"):
        parameters.check_on_behalf_of(call)
        fields["on_behalf_of"] = str(call.params["on_behalf_of"])
    return fields if call.params.get("confirm") else {**fields, **_method(call, fields)}


def _check_new(call: Call) -> None:
    if parameters.is_automatic(call) and "payment_method_types" in call.params:
        raise errors.types_given_twice()
    for name in ONLY_WITH_CONFIRM if not call.params.get("confirm") else ():
        if call.params.get(name):
            raise errors.only_with_confirm(name)


def _method(call: Call, intent: Fields) -> Fields:
    method = confirmation_params.sent_method(call)
    if method is None:
        return {}
    check_method(SETUP, intent, method.id, decode(method))
    return {"payment_method": method.id, "status": states.CONFIRMATION}


def _then(call: Call, row: Row[bytes]) -> Row[bytes]:
    if not call.params.get("confirm"):
        return row
    with endpoints.declines_carry(call, SETUP, row, _shown):
        return confirm(call.scope, row, confirmation_params.confirmation_of(call, row.id))


def _update(call: Call, row: Row[bytes]) -> Row[bytes]:
    """POST /v1/setup_intents/{intent}. Raises StripeError."""
    intent = decode(row)
    states.check_setup_changeable(intent, call.params)
    changed = _changed(call, intent)
    if "payment_method" in call.params or "payment_method_data" in call.params:
        changed |= {"next_action": None, **_method(call, {**intent, **changed})}
    return objects.change(call.scope, SETUP, row, **changed)


def _changed(call: Call, intent: Fields) -> Fields:
    """The fields that an update or a confirmation changes, except the payment method."""
    params = {name: value for name, value in call.params.items() if name not in parameters.OWN | _NEVER}
    changed: Fields = {name: None for name, value in params.items() if value == ""}
    changed |= placed(call, SETUP, {name: value for name, value in params.items() if value != ""})
    if "customer" in call.params:
        changed["customer"] = parameters.customer_of(call)
    if "metadata" in call.params:
        changed["metadata"] = dict(merged(cast("dict[str, str]", intent["metadata"]), call.params["metadata"]))
    return changed | parameters.changed_types(call, {**intent, **changed}, SETUP)


def _confirm(call: Call, row: Row[bytes]) -> Row[bytes]:
    """POST /v1/setup_intents/{intent}/confirm. Raises StripeError."""
    how = confirmation_params.confirmation_of(call, row.id)
    changed = _changed(call, decode(row))
    return confirm(call.scope, objects.change(call.scope, SETUP, row, **changed) if changed else row, how)


def _cancel(call: Call, row: Row[bytes]) -> Row[bytes]:
    """POST /v1/setup_intents/{intent}/cancel. Raises StripeError."""
    states.check_cancelable(SETUP, decode(row))
    states.check_not_of_checkout(SETUP, decode(row))
    reason = cast("str | None", call.params.get("cancellation_reason"))
    canceled: Fields = {"status": states.CANCELED, "cancellation_reason": reason, "next_action": None}
    return objects.change(call.scope, SETUP, row, **canceled)


_on: Callable[..., Handler] = partial(endpoints.changes, SETUP, NOUN, _shown)
_CARDS: Mapping[str, object] = {"payment_method_types": ["card"]}  # of a setup intent that nobody created

SETUP_INTENTS = stored(
    SETUP,
    "seti",
    noun=NOUN,
    param="intent",
    private=SetupIntentState,
    request_only=(*parameters.OWN, "single_use"),
    filters=["attach_to_self", "customer", "payment_method"],
    create=_create,
    unknown=by_request(
        SETUP, _CARDS, {**_CARDS, "payment_method": "pm_card_visa"}, microdeposits.CODE, microdeposits.SETUP_AMOUNTS
    ),
    then=_then,
    render=_render,
    response=_shown,
    allow=parameters.check_listed,
    events=setup_events,
    timer=due_times,
    elapse=elapse,
    params={
        "create": with_cards("PostSetupIntents"),
        "update": with_cards("PostSetupIntentsIntent"),
        "confirm": with_cards("PostSetupIntentsIntentConfirm"),
    },
    verbs={
        "retrieve": _on(lambda _, row: row),
        "update": _on(_update),
        "confirm": _on(_confirm),
        "cancel": _on(_cancel),
        "verify_microdeposits": _on(lambda call, row: verify(call.scope, row, call.params)),
    },
)
RESOURCES = (SETUP_INTENTS,)
