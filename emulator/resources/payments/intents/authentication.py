"""3D Secure: which payments a card's customer must authenticate, and the actions of intents that wait for that."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, cast
from urllib.parse import urlencode

from emulator.model.declaration.endpoint import Scope
from emulator.model.declaration.private import private
from emulator.model.declaration.resource import Fields, Shared
from emulator.resources.payments.intents.states import IntentState
from emulator.resources.payments.methods.cards import TestCard
from emulator.wire.json import Json
from emulator.wire.namedtuples import NamedTuple

# The requirement of a card: nothing, an action of the customer, or a refusal as the customer is absent.
Need = Literal["nothing", "customer", "refusal"]
PAGE = "/3d_secure_2/hosted"
REDIRECT_PAGE = "/authorize/hosted"
CHALLENGED = frozenset(("any", "challenge"))
# By the authentication of a card: its requirement with the customer present, and off session (official).
_NEEDS: Mapping[str, tuple[Need, Need]] = MappingProxyType(
    {
        "always": ("customer", "refusal"),
        "on_session": ("customer", "nothing"),
        "on_setup": ("customer", "refusal"),
    }
)
_DIRECTORY: Mapping[str, str] = MappingProxyType(
    {"amex": "A000000025", "mastercard": "A000000004", "visa": "A000000003"}
)  # the ids of the networks' directories, that of Visa observed


class AuthenticationTerms(NamedTuple):
    """The terms of a payment or a set-up: `off_session` without the customer, `saved` a card that was set up before.

    `saves` is a payment that sets the card up; `requested` is the option `request_three_d_secure`.
    """

    off_session: bool = False
    saved: bool = False
    saves: bool = False
    requested: str = "automatic"


def needed(card: TestCard | None, terms: AuthenticationTerms) -> Need:
    """The requirement of a card before it is charged or saved."""
    if card is None:
        return "nothing"
    if card.authentication == "mandate":
        return "customer" if terms.saves and not terms.off_session else "nothing"
    if card.authentication == "optional":
        return "customer" if terms.requested in CHALLENGED and not terms.off_session else "nothing"
    if card.authentication == "on_setup" and terms.off_session and terms.saved:
        return "nothing"
    return _NEEDS.get(card.authentication, ("nothing", "nothing"))[terms.off_session]


def terms(intent: Shared, *, off_session: bool, saved: bool, saves: bool) -> AuthenticationTerms:
    """The terms of a payment.

    An order by mail or telephone is one without the customer, with any card; so is a card that was set up elsewhere,
    of which the request has the transaction (observed).
    """
    own = private(IntentState, intent)
    moto = own.get("_moto", False)
    known = saved or moto or bool(own.get("_mit_exemption"))
    return AuthenticationTerms(off_session or moto, known, saves, requested(intent))


def result(seed: str, *, challenged: bool) -> Fields:
    """`three_d_secure` of a charge after the customer has authenticated it (observed)."""
    return {
        "authentication_flow": "challenge" if challenged else "frictionless",
        "electronic_commerce_indicator": "05",
        "exemption_indicator": None,
        "result": "authenticated",
        "result_reason": None,
        "transaction_id": _uuid(f"transaction:{seed}"),
        "version": "2.1.0",
    }


def external(intent: Shared) -> Fields | None:
    """`three_d_secure` of a charge whose request has the result of an authentication by another provider.

    It authenticates a card that requires that (observed); the shape is that of a challenge (inferred).
    """
    sent = private(IntentState, intent).get("_three_d_secure")
    if sent is None:
        return None
    own: Fields = {
        "authentication_flow": None,
        "electronic_commerce_indicator": sent.get("electronic_commerce_indicator"),
        "exemption_indicator": sent.get("exemption_indicator"),
        "transaction_id": sent["transaction_id"],
        "version": sent["version"],
    }
    return {**result("", challenged=True), **own}


def proof(card: TestCard | None, intent: Shared, seed: str) -> Fields | None:
    """`three_d_secure` of a payment whose customer does nothing: that of another provider, or a frictionless one."""
    if card is None:
        return None
    frictionless = result(seed, challenged=False) if card.authentication == "frictionless" else None
    return external(intent) or frictionless


class Waiting(NamedTuple):
    """An intent that waits for its customer: its kind, its id, its secret, and the id of the attempt."""

    kind: str
    id: str
    secret: str
    attempt: str


def card_action(scope: Scope, waiting: Waiting, brand: str, return_url: str | None, address: str) -> Fields:
    """`next_action` of a card: a redirect where there is a return URL, otherwise an action for Stripe.js."""
    if return_url:
        return redirect(return_url, page_url(scope, waiting, PAGE, address))
    return {
        "type": "use_stripe_sdk",
        "use_stripe_sdk": {
            "directory_server_encryption": {
                "algorithm": "RSA",
                "certificate": "",
                "directory_server_id": _DIRECTORY.get(brand, _DIRECTORY["visa"]),
                "root_certificate_authorities": [],
            },
            "directory_server_name": brand,
            "merchant": scope.owner,
            "one_click_authn": None,
            "server_transaction_id": _uuid(f"server:{waiting.attempt}"),
            "three_d_secure_2_source": waiting.attempt,
            "three_ds_frontend_optimizations": None,
            "three_ds_method_url": "",
            "three_ds_optimizations": "kf",
            "type": "stripe_3ds2_fingerprint",
        },
    }


def redirect(return_url: str, url: str) -> Fields:
    """`next_action` that redirects the customer to a page."""
    inner: Json = {"return_url": return_url, "url": url}
    return {"redirect_to_url": inner, "type": "redirect_to_url"}


def page_url(scope: Scope, waiting: Waiting, page: str, address: str) -> str:
    """The URL of the page where a customer authenticates, as Stripe writes it, on the emulator."""
    query = {
        "merchant": scope.owner,
        waiting.kind: waiting.id,
        f"{waiting.kind}_client_secret": waiting.secret,
        "publishable_key": publishable_key(scope),
        "source": waiting.attempt,
    }
    return f"{address}{page}?{urlencode(query)}"


def publishable_key(scope: Scope) -> str:
    """The publishable key of the platform."""
    return f"pk_{scope.sandbox.secret_key.partition('_')[2]}"


def requested(intent: Shared) -> str:
    """The option `request_three_d_secure` of an intent."""
    options = cast("Fields", intent["payment_method_options"]).get("card")
    return str(options.get("request_three_d_secure")) if isinstance(options, dict) else "automatic"


def _uuid(seed: str) -> str:
    return str(uuid.UUID(bytes=hashlib.sha256(seed.encode()).digest()[:16], version=4))
