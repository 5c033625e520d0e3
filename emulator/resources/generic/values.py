"""Values of single objects that follow from their requests: secrets, URLs of pages, states by dates."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from emulator import errors
from emulator.model.declaration.endpoint import Call
from emulator.model.declaration.resource import Fields
from emulator.model.stored import objects
from emulator.model.stored.objects import of_id
from emulator.model.stored.stored import decode
from emulator.resources.generic.base.behaviour import Behaviour
from emulator.schema.trees import hash_in, integer
from emulator.store.table import Row
from emulator.wire.json import Json

# The field, the beginning and the random digits of a secret (official samples).
SECRETS: Mapping[str, tuple[str, str, int]] = {
    "customer_session": ("client_secret", "cuss_secret_", 47),
    "financial_connections.session": ("client_secret", "fcsess_client_secret_", 24),
    "terminal.connection_token": ("secret", "pst_test_", 24),
}
# How the customer of a source authorizes it; other sources need no authorization (official).
REDIRECTING = frozenset("alipay bancontact eps giropay ideal p24 sofort three_d_secure".split())
RECEIVING = frozenset({"ach_credit_transfer", "multibanco"})
# The default countries of bank transfers.
COUNTRIES: Mapping[str, str] = {
    "gb_bank_transfer": "GB",
    "jp_bank_transfer": "JP",
    "mx_bank_transfer": "MX",
    "us_bank_transfer": "US",
}
CREATOR = "jenny.rosen@example.com"


def _secret(name: str, call: Call, fields: Fields) -> Fields:
    field, begin, digits = SECRETS[name]
    return {**fields, field: f"{begin}{call.sandbox.ids.token(digits)}"}


def _source(call: Call, fields: Fields) -> Fields:
    kind = str(fields.get("type") or "card")
    flow = "redirect" if kind in REDIRECTING else "receiver" if kind in RECEIVING else "none"
    own: Fields = {
        "client_secret": f"src_client_secret_{call.sandbox.ids.token(24)}",
        "flow": flow,
        "status": "chargeable" if flow == "none" else "pending",
        "type": kind,
    }
    if flow == "redirect":
        back = hash_in(call.params, "redirect").get("return_url")
        url = f"{call.address}/redirect/authenticate/{call.sandbox.ids.token(24)}"
        own["redirect"] = {"failure_reason": None, "return_url": back, "status": "pending", "url": url}
    return {"usage": "reusable", **fields, **own}


def _session(call: Call, row: Row[bytes]) -> Row[bytes]:
    """A verification session has a secret and a page."""
    secret = f"{row.id}_secret_test_{call.sandbox.ids.token(40)}"
    url = f"{call.address}/start/test_{call.sandbox.ids.token(40)}"
    return objects.change(call.scope, "identity.verification_session", row, client_secret=secret, url=url)


def _ended(_: Call, __: Row[bytes], fields: Fields) -> Fields:
    return {**fields, "client_secret": None, "url": None}


def _redacted(call: Call, row: Row[bytes], fields: Fields) -> Fields:
    status = "canceled" if fields.get("status") == "requires_input" else fields.get("status")
    return {**_ended(call, row, fields), "status": status}


def _registration(_: Row[bytes], now: int, fields: Fields) -> Fields:
    """A registration is scheduled, active or expired by its dates (official)."""
    ends = fields.get("expires_at")
    over = isinstance(ends, int) and ends <= now
    begun = integer(fields, "active_from") <= now
    return {**fields, "status": "expired" if over else "active" if begun else "scheduled"}


def _created_by(_: Call, fields: Fields) -> Fields:
    return {**fields, "created_by": CREATOR}


def _item_of_list(call: Call, row: Row[bytes]) -> Row[bytes]:
    """Makes the list the parent of its item."""
    parent = of_id(call, "radar.value_list", str(call.params["value_list"]), "value_list").id
    return objects.place(call.scope, "radar.value_list_item", row, parent)


def _alias(call: Call, fields: Fields) -> Fields:
    """Refuses an alias that another list has. Raises StripeError."""
    if any(
        decode(row).get("alias") == fields["alias"] for row in call.sandbox.table("radar.value_list").newest(call.owner)
    ):
        raise errors.value_list_alias_used(str(fields["alias"]))
    return _created_by(call, fields)


def _evaluation(call: Call, fields: Fields) -> Fields:
    """A payment without any sign of fraud."""
    signal: Json = {"evaluated_at": call.now, "risk_level": "normal", "score": 10.0}
    return {**fields, "recommended_action": "continue", "signals": {"fraudulent_payment": signal}}


def _holder(_: Call, fields: Fields) -> Fields:
    requirements: Json = {"disabled_reason": None, "past_due": []}
    return {"type": "individual", **fields, "requirements": requirements}


def _dispute(call: Call, fields: Fields) -> Fields:
    """The amount of a dispute is that of its transaction (official). Raises StripeError."""
    transaction = decode(of_id(call, "issuing.transaction", str(fields["transaction"]), "transaction"))
    return {**fields, "amount": -integer(transaction, "amount"), "currency": transaction.get("currency")}


def _funding(_: Call, fields: Fields) -> Fields:
    transfer = hash_in(fields, "bank_transfer")
    country = transfer.get("country") or COUNTRIES.get(str(transfer.get("type")), "")
    return {**fields, "bank_transfer": {**transfer, "country": country}}


def _forward(_: Call, __: Fields) -> Fields:
    raise errors.effect_not_emulated("requests that are forwarded to others")


def _onboarding(call: Call, fields: Fields) -> Fields:
    return {**fields, "redirect_url": f"{call.address}/terminal/onboarding/{call.sandbox.ids.token(24)}"}


BEHAVIOUR = {
    **{name: Behaviour(create=partial(_secret, name)) for name in SECRETS},
    "forwarding.request": Behaviour(create=_forward),
    "funding_instructions": Behaviour(create=_funding),
    "identity.verification_session": Behaviour(then=_session, actions={"cancel": _ended, "redact": _redacted}),
    "issuing.cardholder": Behaviour(create=_holder),
    "issuing.dispute": Behaviour(create=_dispute),
    "radar.payment_evaluation": Behaviour(create=_evaluation),
    "radar.value_list": Behaviour(create=_alias),
    "radar.value_list_item": Behaviour(create=_created_by, then=_item_of_list),
    "source": Behaviour(create=_source),
    "tax.registration": Behaviour(show=_registration),
    "terminal.onboarding_link": Behaviour(create=_onboarding),
}
