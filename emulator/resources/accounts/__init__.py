"""Accounts: the connected accounts of a platform, and its own.

`create_account`, `onboard`, `find` and `platform` also serve callers without a request.
"""

from __future__ import annotations

from collections.abc import Mapping

from emulator.resources.accounts import endpoints, params
from emulator.resources.accounts.lifecycle import (
    create_account,
    delete_account,
    find,
    onboard,
    platform,
    update_account,
)
from emulator.resources.accounts.render import render
from emulator.resources.call import Endpoint

__all__ = ["ENDPOINTS", "create_account", "delete_account", "find", "onboard", "platform", "render", "update_account"]

# On every answer of POST /v1/accounts (observed, August 2026).
V2_NOTICE = "We recommend building your integration using Accounts v2. See https://docs.stripe.com/api/v2/core/accounts"

ENDPOINTS: Mapping[str, Endpoint] = {
    "GetAccount": Endpoint(endpoints.retrieve_own),
    "GetAccounts": Endpoint(endpoints.list_all),
    "PostAccounts": Endpoint(endpoints.create, params=params.create_params, notice=V2_NOTICE),
    "GetAccountsAccount": Endpoint(endpoints.retrieve),
    "PostAccountsAccount": Endpoint(endpoints.update, params=params.update_params),
    "DeleteAccountsAccount": Endpoint(endpoints.delete),
}
