"""The billing portal: `/v1/billing_portal/configurations` and `/v1/billing_portal/sessions`."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import cast

from emulator import errors
from emulator.model.answering import verbs
from emulator.model.declaration.endpoint import Call, Scope
from emulator.model.declaration.private import kept, private
from emulator.model.declaration.resource import Events, Fields
from emulator.model.declaration.side_tables import Index
from emulator.model.declaration.templates import whole
from emulator.model.stored import objects
from emulator.model.stored.objects import of_id
from emulator.model.stored.stored import decode, shared, stored
from emulator.resources.billing.checkout.checks import has_scheme
from emulator.resources.billing.checkout.kept import PortalSessionState
from emulator.schema.trees import hash_at, hash_in
from emulator.store.table import Row
from emulator.wire.json import Json

CONFIGURATION, SESSION, SUBSCRIPTION = "billing_portal.configuration", "billing_portal.session", "subscription"
TOKENS = Index("portal_token")  # the ids of sessions by the tokens in their URLs
PATH = "/p/session/"
UNOPENED = 300  # seconds in which a session can be opened (official)
REASONS: Json = ["too_expensive", "missing_features", "switched_service", "unused", "other"]
# The features of a configuration, as far as it does not say more (official sample).
FEATURES: Mapping[str, Fields] = {
    "customer_update": {"allowed_updates": [], "enabled": False},
    "invoice_history": {"enabled": False},
    "payment_method_update": {"enabled": False, "payment_method_configuration": None},
    "subscription_cancel": {
        "cancellation_reason": {"enabled": False, "options": REASONS},
        "enabled": False,
        "mode": "at_period_end",
        "proration_behavior": "none",
    },
    "subscription_update": {
        "billing_cycle_anchor": None,
        "default_allowed_updates": [],
        "enabled": False,
        "products": None,
        "proration_behavior": "none",
        "schedule_at_period_end": {"conditions": []},
        "trial_update_behavior": "end_trial",
    },
}
# Those of the default configuration (observed in part: cancellation is on, updates of subscriptions are off).
DEFAULT: Mapping[str, Fields] = {
    **FEATURES,
    "customer_update": {"allowed_updates": ["email", "address", "shipping", "phone", "tax_id"], "enabled": True},
    "invoice_history": {"enabled": True},
    "payment_method_update": {"enabled": True, "payment_method_configuration": None},
    "subscription_cancel": {**FEATURES["subscription_cancel"], "enabled": True},
}
# The feature that each flow about a subscription needs, and its verb in the refusal.
NEEDS = {
    "subscription_cancel": ("subscription_cancel", "canceled", "cancel"),
    "subscription_update": ("subscription_update", "updated", "update"),
    "subscription_update_confirm": ("subscription_update", "updated", "update"),
}


# --- configurations -----------------------------------------------------------------------------------------------


def _configuration(call: Call, fields: Fields) -> Fields:
    """The fields of a new configuration. Raises StripeError."""
    _check(call)
    features = _features(FEATURES, hash_in(call.params, "features"))
    return {
        **fields,
        "active": True,
        "features": cast("Json", features),
        "is_default": False,
        "login_page": _login_page(call, hash_in(call.params, "login_page")),
        "metadata": fields.get("metadata") or {},
        "updated": call.now,
    }


def _check(call: Call) -> None:
    update = hash_in(hash_in(call.params, "features"), "subscription_update")
    if update.get("enabled"):
        for name in ("default_allowed_updates", "products"):
            if name not in update:
                raise errors.missing_param(("features", "subscription_update", name))
    _check_url(call, "default_return_url")


def _check_url(call: Call, name: str) -> None:
    if call.params.get(name) and not has_scheme(str(call.params[name])):
        raise errors.url_not_valid(name)


def _features(known: Mapping[str, Json], sent: Mapping[str, object]) -> Fields:
    """Features with those that a request changes; lists replace, an empty text clears."""
    found: Fields = dict(known)
    for name, value in sent.items():
        before = found.get(name)
        if isinstance(value, dict) and isinstance(before, dict):
            found[name] = _features(before, value)
        else:
            found[name] = cast("Json", value) if value != "" else ([] if isinstance(before, list) else None)
    return found


def _login_page(call: Call, sent: Mapping[str, object]) -> Json:
    enabled = bool(sent.get("enabled"))
    url = f"{call.address}/p/login/test_{call.sandbox.ids.token(18)}" if enabled else None
    return {"enabled": enabled, "url": url}


def _update(call: Call, row: Row[bytes], fields: Fields) -> Fields:
    """POST /v1/billing_portal/configurations/{configuration}. Raises StripeError."""
    known = decode(row)
    if known.get("is_default") and call.params.get("active") is False:
        raise errors.default_configuration_stays_active()
    _check_url(call, "default_return_url")
    after = {**fields, "features": known["features"], "updated": call.now}
    if "features" in call.params:
        after["features"] = _features(hash_in(known, "features"), hash_at(call.params, "features"))
    if "login_page" in call.params:
        after["login_page"] = _login_page(call, hash_at(call.params, "login_page"))
    return after


def _list(call: Call) -> Json:
    """GET /v1/billing_portal/configurations, which shows the default one too. Raises StripeError."""
    default(call.scope)
    return verbs.listing(CONFIGURATIONS, verbs.Place(), call)


def default(scope: Scope) -> Row[bytes]:
    """The account's default configuration, which is made when it is first used."""
    for row in scope.sandbox.table(CONFIGURATION).oldest(scope.owner):
        if shared(row).get("is_default"):
            return cast("Row[bytes]", row)
    own: Fields = {
        "active": True,
        "features": cast("Json", dict(DEFAULT)),
        "is_default": True,
        "login_page": {"enabled": False, "url": None},
        "metadata": {},
        "updated": scope.now,
    }
    identifier = scope.sandbox.ids.in_account("bpc", scope.now, scope.owner)
    return objects.add(scope, CONFIGURATION, identifier, own)


# --- sessions -----------------------------------------------------------------------------------------------------


def _session(call: Call, fields: Fields) -> Fields:
    """The fields of a new session. Raises StripeError."""
    if call.params.get("customer_account"):
        raise errors.param_not_emulated(("customer_account",))
    if not call.params.get("customer"):
        raise errors.missing_param(("customer",))
    of_id(call, "customer", str(call.params["customer"]), "customer")
    _check_url(call, "return_url")
    named = call.params.get("configuration")
    configuration = of_id(call, CONFIGURATION, str(named), "configuration") if named else default(call.scope)
    known = shared(configuration)
    if not known.get("active"):
        raise errors.configuration_inactive(configuration.id)
    token = base64.b64encode(f"{call.owner},_{call.sandbox.ids.token(32)}".encode()).decode().rstrip("=")
    token = f"test_{token}0100{call.sandbox.ids.token(8)}"
    return {
        "return_url": known.get("default_return_url"),
        **fields,
        "configuration": configuration.id,
        "flow": _flow(call, hash_in(known, "features")),
        "url": f"{call.address}{PATH}{token}",
        **kept(PortalSessionState(_token=token)),
    }


def _flow(call: Call, features: Fields) -> Json:
    """The one action that a session is for. Raises StripeError for one that it does not allow."""
    sent = hash_in(call.params, "flow_data")
    if not sent:
        return None
    kind = str(sent["type"])
    about = hash_in(sent, kind)
    if kind in NEEDS:
        if not about.get(SUBSCRIPTION):
            raise errors.missing_param(("flow_data", kind))
        feature, done, verb = NEEDS[kind]
        _check_subscription(call, str(about[SUBSCRIPTION]), f"flow_data[{kind}][{SUBSCRIPTION}]")
        if not hash_in(features, feature).get("enabled"):
            raise errors.portal_feature_disabled(done, verb)
    after = hash_in(sent, "after_completion")
    first: Fields = {"hosted_confirmation": None, "redirect": None, "type": "portal_homepage"}
    own: Fields = dict.fromkeys(NEEDS)
    if about:
        own[kind] = {**({"retention": None} if kind == "subscription_cancel" else {}), **about}
    return whole("portal_flows_flow", {**own, "after_completion": {**first, **after}, "type": kind})


def _check_subscription(call: Call, identifier: str, path: str) -> None:
    row = of_id(call, SUBSCRIPTION, identifier, path)
    if shared(row).get("customer") != call.params.get("customer"):
        raise errors.no_such(SUBSCRIPTION, identifier, path)


def _then(call: Call, row: Row[bytes]) -> Row[bytes]:
    """Let the page find the session by the token in its URL."""
    token = private(PortalSessionState, shared(row))["_token"]
    TOKENS.put(call.scope, token, row.id)
    return row


CONFIGURATIONS = stored(
    CONFIGURATION,
    "bpc",
    filters=["active", "is_default"],
    verbs={"list": _list},
    create=_configuration,
    update=_update,
    unknown={"active": True, "features": cast("Json", dict(FEATURES)), "is_default": False, "metadata": {}},
    events=Events("billing_portal.configuration.created", "billing_portal.configuration.updated"),
)
SESSIONS = stored(
    SESSION,
    "bps",
    private=PortalSessionState,
    request_only=("flow_data", "configuration"),
    create=_session,
    then=_then,
    events=Events("billing_portal.session.created"),
)
RESOURCES = (CONFIGURATIONS, SESSIONS)
