"""Authorization: restricted keys by their permissions, session tokens by the needs of components.

Restricted keys without declared permissions may do everything (our choice).
"""

from __future__ import annotations

from emulator import errors
from emulator.catalog import Operation
from emulator.catalog.versions import Version
from emulator.http.authentication import Caller
from emulator.model.answering import endpoints
from emulator.sandbox import ids
from emulator.sandbox.sandbox import PLATFORM_CREATED

NEWER_WORDS = "2025-03-31"  # Stripe changed its wording in 2025; that the version of the request decides is our choice
# The needs of components are not published. Our choice: the account itself, and objects that belong to it.
COMPONENT_PATHS = ("/v1/account", "/v1/accounts/{account}")
NOT_FOR_COMPONENTS = frozenset(("DeleteAccountsAccount", "PostAccountsAccountReject", "PostAccountsAccountLoginLinks"))


# The operations of publishable keys: tokens and the like, and objects by their client secret (official).
PUBLISHABLE_OPERATIONS = frozenset(
    (
        "GetPaymentIntentsIntent",
        "GetSetupIntentsIntent",
        "GetSourcesSource",
        "PostFiles",
        "PostPaymentIntentsIntentConfirm",
        "PostPaymentIntentsIntentVerifyMicrodeposits",
        "PostPaymentMethods",
        "PostPaymentPagesSessionConfirm",
        "PostPaymentPagesSessionInit",
        "PostSetupIntentsIntentConfirm",
        "PostSetupIntentsIntentVerifyMicrodeposits",
        "PostSources",
        "PostTokens",
        "PostV2CoreAccountTokens",
        "PostV2CoreAccountsAccountIdPersonTokens",
    )
)


def permit(caller: Caller, operation: Operation, acting: str | None, version: Version) -> None:
    """Check that the caller may do this. Raises the 403s of publishable and restricted keys, of session tokens, and
    of accounts that gave read access only.
    """
    if caller.publishable and operation.id not in PUBLISHABLE_OPERATIONS:
        raise errors.publishable_key()
    account = acting or caller.sandbox.platform_id
    if caller.components:
        if not _serves_components(operation):
            raise errors.not_for_session_tokens(caller.redacted, account)
    elif caller.permissions is not None:
        _check(caller, caller.permissions, operation, account, version)
    if acting is not None and operation.method != "GET" and not caller.publishable:
        _check_scope(caller, acting)


def _check_scope(caller: Caller, account: str) -> None:
    """Refuse changes to an account whose owner gave read access only."""
    if caller.read_only or (caller.account is None and caller.sandbox.oauth.is_read_only(account)):
        raise errors.missing_scope(account)


def _serves_components(operation: Operation) -> bool:
    if operation.id in NOT_FOR_COMPONENTS:
        return False
    return any(operation.path == path or operation.path.startswith(f"{path}/") for path in COMPONENT_PATHS)


def _check(caller: Caller, granted: frozenset[str], operation: Operation, account: str, version: Version) -> None:
    from emulator.auth import permissions  # noqa: PLC0415 - few keys are restricted

    required = permissions.required_for(operation.method, operation.path, operation.object)
    if not required and endpoints.endpoint(operation) is not None:  # others have an error of their own
        raise errors.not_for_restricted_keys(caller.redacted, account)
    missing = [permission for permission in required if not permissions.grants(granted, permission)]
    if not missing:
        return
    first = missing[0]
    if version.date >= NEWER_WORDS:
        raise errors.missing_permission(caller.redacted, account, first.title, first.name, _editor(caller))
    if len(missing) > 1:
        raise errors.missing_permissions(caller.redacted, account)
    raise errors.missing_rak_permission(caller.redacted, account, first.name)


def _editor(caller: Caller) -> str:
    """The URL where the Dashboard edits a key. The id in it is made up, the same for the same key (our choice)."""
    platform = caller.sandbox.platform_id
    made = ids.stable_account(caller.redacted, PLATFORM_CREATED)
    test = "" if caller.sandbox.livemode else "test%2F"
    key_id = f"mk_{made.removeprefix('acct_')[:6]}{platform[-10:]}{made[-8:]}"
    return f"https://dashboard.stripe.com/b/{platform}?destination=%2F{test}apikeys%2F{key_id}%2Fedit"
