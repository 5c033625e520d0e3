"""Requests that Stripe refuses, each with the whole error that an SDK makes of it.

`$custom`, `$express` and `$standard` stand for accounts of these types, which exist. `error` is the class, without the
prefix `Stripe` that Node.js puts before it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

SUPPORT = "https://support.stripe.com/"
NO_ACCESS = (
    "The provided key 'sk_test_********Else' does not have access to account 'acct_unknown' (or that account does not "
    "exist). Application access may have been revoked."
)
ONLY_CUSTOM = (
    "The `disable_stripe_user_authentication` feature can only be set to true for accounts where the platform owns "
    "requirements collection, such as custom accounts."
)
PAYMENTS = {"payments": {"enabled": True}}
NO_LOGIN = {"account_onboarding": {"enabled": True, "features": {"disable_stripe_user_authentication": True}}}


@dataclass(frozen=True)
class Refusal:
    """One call and its error. `options` are the API key, the account and the version of the request."""

    name: str
    call: str
    params: dict[str, Any]
    error: str
    status: int
    message: str
    code: str | None = None
    param: str | None = None
    options: dict[str, str] = field(default_factory=dict)

    @property
    def request_id(self) -> bool:
        """Errors of the auth layer carry no request id."""
        return self.status != 401 and self.code != "account_invalid"

    @property
    def answer(self) -> dict[str, Any]:
        """The error as a client reports it."""
        names = ("error", "status", "message", "code", "param", "request_id")
        return {name: getattr(self, name) for name in names}


def _invalid(
    name: str, call: str, params: dict[str, Any], message: str, *, code: str | None = None, param: str | None = None
) -> Refusal:
    return Refusal(name, call, params, "InvalidRequestError", 400, message, code=code, param=param)


def _session(
    name: str, account: str, components: Any, message: str, *, code: str | None = None, param: str | None = None
) -> Refusal:
    return _invalid(
        name, "create_session", {"account": account, "components": components}, message, code=code, param=param
    )


REFUSALS = (
    _invalid(
        "no account",
        "create_session",
        {"components": PAYMENTS},
        "Missing required param: account.",
        code="parameter_missing",
        param="account",
    ),
    _invalid(
        "no components",
        "create_session",
        {"account": "$custom"},
        "Missing required param: components.",
        code="parameter_missing",
        param="components",
    ),
    _session(
        "a component without enabled",
        "$custom",
        {"payments": {"features": {"refund_management": True}}},
        "Missing required param: components[payments][enabled].",
        code="parameter_missing",
        param="components[payments][enabled]",
    ),
    _invalid(
        "a slip in a name",
        "create_session",
        {"acount": "$custom", "components": PAYMENTS},
        "Received unknown parameter: acount. Did you mean account?",
        code="parameter_unknown",
        param="acount",
    ),
    _session(
        "an unknown component",
        "$custom",
        {"charges": {"enabled": True}},
        "Received unknown parameter: components[charges]",
        code="parameter_unknown",
        param="components[charges]",
    ),
    _session(
        "an unknown feature",
        "$custom",
        {"payments": {"enabled": True, "features": {"refunds": True}}},
        "Received unknown parameter: components[payments][features][refunds]",
        code="parameter_unknown",
        param="components[payments][features][refunds]",
    ),
    _session(
        "two unknown features",
        "$custom",
        {"payouts": {"enabled": True, "features": {"zebra": True, "apple": True}}},
        "Received unknown parameters: components[payouts][features][zebra], components[payouts][features][apple]",
        code="parameter_unknown",
        param="components[payouts][features][zebra]",
    ),
    _session(
        "a number for a boolean",
        "$custom",
        {"payments": {"enabled": 1}},
        "Invalid boolean: 1",
        param="components[payments][enabled]",
    ),
    _session(
        "a word for a boolean",
        "$custom",
        {"payments": {"enabled": True, "features": {"refund_management": "yes"}}},
        "Invalid boolean: yes",
        param="components[payments][features][refund_management]",
    ),
    _session("text for a hash", "$custom", "payments", "Invalid object", param="components"),
    _session(
        "an empty account",
        "",
        PAYMENTS,
        "You passed an empty string for 'account'. We assume empty values are an attempt to unset a parameter; however "
        "'account' cannot be unset. You should remove 'account' from your request or supply a non-empty value.",
        code="parameter_invalid_empty",
        param="account",
    ),
    _session(
        "an unknown account",
        "acct_unknown",
        PAYMENTS,
        "No such account: 'acct_unknown'",
        code="resource_missing",
        param="account",
    ),
    _session("no Stripe login on an express account", "$express", NO_LOGIN, ONLY_CUSTOM),
    _session("no Stripe login on a standard account", "$standard", NO_LOGIN, ONLY_CUSTOM),
    _session(
        "no bank account collection on an express account",
        "$express",
        {"payouts": {"enabled": True, "features": {"external_account_collection": False}}},
        "The `external_account_collection` feature can only be set to false for accounts where the platform owns "
        "requirements collection, such as custom accounts.",
        param="components[payouts][features][external_account_collection]",
    ),
    _session(
        "components that differ in Stripe login",
        "$custom",
        {**NO_LOGIN, "payouts": {"enabled": True, "features": {"disable_stripe_user_authentication": False}}},
        "The `features[disable_stripe_user_authentication]` property specified by `payouts` and `account_onboarding` "
        "must be the same.",
    ),
    _session(
        "a component without its capability",
        "$custom",
        {"issuing_card": {"enabled": True}},
        "The `issuing_card` component can only be enabled for accounts with the `card_issuing` capability.",
        param="components[issuing_card]",
    ),
    _invalid(
        "an unknown type of account",
        "create_account",
        {"type": "premium"},
        "Invalid type: must be one of custom, express, or standard",
        param="type",
    ),
    _invalid(
        "an address that is none",
        "create_account",
        {"type": "custom", "email": "not-an-email"},
        "Invalid email address: not-an-email",
        code="email_invalid",
        param="email",
    ),
    _invalid(
        "an unknown cursor",
        "list_accounts",
        {"starting_after": "acct_unknown"},
        "No such account: 'acct_unknown'",
        code="resource_missing",
        param="starting_after",
    ),
    _invalid(
        "a word for a number",
        "list_accounts",
        {"limit": "ten"},
        "Invalid integer: ten",
        code="parameter_invalid_integer",
        param="limit",
    ),
    Refusal(
        "an account of nobody",
        "retrieve_account",
        {"id": "acct_unknown"},
        "PermissionError",
        403,
        NO_ACCESS,
        "account_invalid",
        options={"key": "sk_test_somebodyElse"},
    ),
    Refusal(
        "acting as an account of nobody",
        "list_accounts",
        {},
        "PermissionError",
        403,
        NO_ACCESS,
        "account_invalid",
        options={"key": "sk_test_somebodyElse", "account": "acct_unknown"},
    ),
    Refusal(
        "a malformed key",
        "list_accounts",
        {},
        "AuthenticationError",
        401,
        "Invalid API Key provided: not-a-ke*******ripe",
        options={"key": "not-a-key-of-stripe"},
    ),
    Refusal(
        "a publishable key",
        "list_accounts",
        {},
        "PermissionError",
        403,
        "This API call cannot be made with a publishable API key. Please use a secret API key. You can find a list of "
        "your API keys at https://dashboard.stripe.com/account/apikeys.",
        "secret_key_required",
        options={"key": "pk_test_somebodyElse"},
    ),
    Refusal(
        "a live key",
        "list_accounts",
        {},
        "AuthenticationError",
        401,
        "Invalid API Key provided: sk_live_********Else. This is a live key, and the emulator refuses live keys: one in "
        "a test run is a leak. Use a key that starts with sk_test_, or start the emulator with --allow-live-keys.",
        options={"key": "sk_live_somebodyElse"},
    ),
    Refusal(
        "an impossible version",
        "list_accounts",
        {},
        "InvalidRequestError",
        400,
        "Invalid Stripe API version: 2026-01-01",
        options={"version": "2026-01-01"},
    ),
    Refusal(
        "an unknown URL",
        "get",
        {"path": "/v1/account_session"},
        "InvalidRequestError",
        404,
        f"Unrecognized request URL (GET: /v1/account_session). Please see https://stripe.com/docs or we can help at {SUPPORT}.",
    ),
    Refusal(
        "a verb that the URL has not",
        "get",
        {"path": "/v1/account_sessions"},
        "InvalidRequestError",
        404,
        f"Unrecognized request URL (GET: /v1/account_sessions). Please see https://stripe.com/docs or we can help at {SUPPORT}.",
    ),
)
