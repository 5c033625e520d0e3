"""The operation on account links of v2: the same pages as v1's, for accounts with configurations."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from emulator import errors
from emulator.resources.connect import account_links as v1
from emulator.resources.connect import accounts
from emulator.resources.endpoint import Call, Endpoint
from emulator.resources.v2 import params
from emulator.resources.v2.accounts.endpoints import reached
from emulator.schema.check import Params
from emulator.schema.trees import hash_at
from emulator.store.links import Link
from emulator.store.rows import Account
from emulator.wire.json import Json
from emulator.wire.timestamps import format_timestamp


def create(call: Call) -> Json:
    """POST /v2/core/account_links: a new URL each time, which works once, for five minutes. Raises StripeError."""
    account = reached(call, str(call.params["account"]))
    use = hash_at(call.params, "use_case")
    kind = str(use["type"])
    wanted = _wanted(use, kind)
    _check_configurations(account, wanted)
    _check_urls(call, wanted)
    v1.check_type(call, account, kind)
    options = hash_at(wanted, "collection_options")
    link = v1.link(call, account, kind, wanted, options)._replace(
        configurations=account.v2.applied if account.v2 else ()
    )
    call.sandbox.links.add(link)
    accounts.lock(call.sandbox, account)
    return _shown(call, link, kind, wanted)


def _wanted(use: Params, kind: str) -> Params:
    """The hash that goes with the type. Raises StripeError."""
    if not hash_at(use, kind):
        raise errors.missing_param(("use_case", kind))
    return hash_at(use, kind)


def _check_configurations(account: Account, wanted: Params) -> None:
    """They must be exactly the applied ones. Raises StripeError."""
    applied = account.v2.applied if account.v2 else ()
    named = wanted["configurations"]
    if not isinstance(named, list) or set(named) != set(applied):
        raise errors.v2_configs_must_match_for_links(applied)


def _check_urls(call: Call, wanted: Params) -> None:
    """Refuses what is no URL, and in live mode http (one error for both, observed). Raises StripeError."""
    schemes = ("https",) if call.sandbox.livemode else ("http", "https")
    for name in v1.URLS:
        url = str(wanted.get(name) or "")
        if url and (not v1.is_url(url) or urlsplit(url).scheme not in schemes):
            raise errors.v2_link_url_invalid(name)


def _shown(call: Call, link: Link, kind: str, wanted: Params) -> dict[str, Json]:
    """The link. Options show with both names once one is sent (observed), and are null otherwise."""
    options = hash_at(wanted, "collection_options")
    shown: Json = {
        "fields": options.get("fields") or "currently_due",
        "future_requirements": options.get("future_requirements") or "omit",
    }
    return {
        "object": "v2.core.account_link",
        "account": link.account,
        "created": format_timestamp(link.created),
        "expires_at": format_timestamp(link.expires_at or 0),
        "livemode": call.sandbox.livemode,
        "url": f"{call.address}{link.path}",
        "use_case": {
            **dict.fromkeys(v1.TYPES),
            kind: {
                "collection_options": shown if options else None,
                "configurations": wanted["configurations"],
                "refresh_url": link.refresh_url,
                "return_url": link.return_url or None,
            },
            "type": kind,
        },
    }


ENDPOINTS: Mapping[str, Endpoint] = {"PostV2CoreAccountLinks": Endpoint(create, params.of("PostV2CoreAccountLinks"))}
