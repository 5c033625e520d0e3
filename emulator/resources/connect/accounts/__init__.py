"""Accounts: the connected accounts of a platform, and its own.

`create_account`, `onboard`, `find` and `platform` also serve callers without a request; `lock` is for what hands the
collection of requirements over to Stripe, `add_requirement`, `set_capability` and `verify` for tests.
"""

from __future__ import annotations

from collections.abc import Mapping

from emulator.resources.connect.accounts import endpoints, params
from emulator.resources.connect.accounts.lifecycle import (
    apply_update,
    create_account,
    delete_account,
    find,
    platform,
    update_account,
)
from emulator.resources.connect.accounts.locking import lock
from emulator.resources.connect.accounts.onboarding import onboard
from emulator.resources.connect.accounts.overrides import add_requirement, reject, set_capability, verify
from emulator.resources.connect.accounts.render import render
from emulator.resources.connect.accounts.test_data import provide_test_data
from emulator.resources.endpoint import Endpoint

__all__ = [
    "ENDPOINTS",
    "add_requirement",
    "apply_update",
    "create_account",
    "delete_account",
    "find",
    "lock",
    "onboard",
    "platform",
    "provide_test_data",
    "reject",
    "render",
    "set_capability",
    "update_account",
    "verify",
]

# On every answer of POST /v1/accounts (observed, August 2026).
V2_NOTICE = "We recommend building your integration using Accounts v2. See https://docs.stripe.com/api/v2/core/accounts"

ENDPOINTS: Mapping[str, Endpoint] = {
    "GetAccount": Endpoint(endpoints.retrieve_own),
    "GetAccounts": Endpoint(endpoints.list_all),
    "PostAccounts": Endpoint(endpoints.create, params=params.create_params, notice=V2_NOTICE),
    "GetAccountsAccount": Endpoint(endpoints.retrieve),
    "PostAccountsAccount": Endpoint(endpoints.update, params=params.update_params),
    "DeleteAccountsAccount": Endpoint(endpoints.delete),
    "PostAccountsAccountReject": Endpoint(endpoints.reject),
}
