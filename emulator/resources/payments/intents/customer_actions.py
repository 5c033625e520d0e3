"""The actions of both intents that wait for their customers."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from emulator.model.declaration.endpoint import Scope
from emulator.model.stored import objects
from emulator.model.stored.stored import decode
from emulator.resources.payments.intents import payment_confirmation, setup_confirmation, states
from emulator.resources.payments.intents.confirmation import ActionResult, secret_of
from emulator.resources.payments.intents.states import PAYMENT, SETUP
from emulator.store.table import Row

KINDS = (PAYMENT, SETUP)


def complete_3ds(scope: Scope, identifier: str, result: ActionResult) -> Row[bytes] | None:
    """Complete or fail the action of an intent's customer: 3D Secure, or the authorization by a bank or a wallet.

    Returns the intent after that, None for an unknown id.
    """
    row = find(scope, identifier)
    if row is None:
        return None
    if kind_of(identifier) == SETUP:
        return setup_confirmation.complete(scope, row, result)
    return payment_confirmation.complete(scope, row, result)


def find(scope: Scope, identifier: str) -> Row[bytes] | None:
    """The intent of an id."""
    return objects.get(scope, kind_of(identifier), identifier)


def kind_of(identifier: str) -> str:
    """`setup_intent` or `payment_intent`, by an id."""
    return SETUP if identifier.startswith("seti_") else PAYMENT


def return_url_of(row: Row[bytes]) -> str | None:
    """The URL that the customer of an intent in `requires_action` is sent to afterwards."""
    action = decode(row).get("next_action")
    redirect = action.get("redirect_to_url") if isinstance(action, dict) else None
    return str(redirect["return_url"]) if isinstance(redirect, dict) else None


def returned(url: str, row: Row[bytes]) -> str:
    """A `return_url` with the parameters that Stripe adds for the intent; those of an earlier visit are replaced."""
    kind = kind_of(row.id)
    added = {kind: row.id, f"{kind}_client_secret": secret_of(row), "redirect_status": redirect_status(row)}
    parts = urlsplit(url)
    kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name not in added]
    return urlunsplit(parts._replace(query=urlencode([*kept, *added.items()])))


def redirect_status(row: Row[bytes]) -> str:
    """`redirect_status`: the result of the customer's visit."""
    return _REDIRECTED.get(str(decode(row)["status"]), "failed")


_REDIRECTED = {
    states.CAPTURE: "succeeded",
    states.CONFIRMATION: "succeeded",
    states.PROCESSING: "pending",
    states.SUCCEEDED: "succeeded",
}
