"""The operation on account links of v2. They lead to the same pages as those of v1."""

from __future__ import annotations

from urllib.parse import urlsplit

from emulator import errors
from emulator.model.declaration.endpoint import Call
from emulator.model.declaration.resource import Resource
from emulator.resources.connect import account_links as v1
from emulator.resources.connect import accounts
from emulator.resources.v2.accounts.endpoints import open_account
from emulator.resources.v2.style import V2
from emulator.schema.check import Params
from emulator.schema.trees import hash_at
from emulator.store.links import Link
from emulator.store.rows import Account
from emulator.wire.json import Json
from emulator.wire.timestamps import format_timestamp


def create(call: Call) -> Json:
    """POST /v2/core/account_links: a new URL, which works once and for five minutes. Raises StripeError."""
    account = open_account(call, str(call.params["account"]))
    sent = hash_at(call.params, "use_case")
    kind = str(sent["type"])
    use_case = _use_case(sent, kind)
    _check_configurations(account, use_case)
    _check_urls(call, use_case)
    v1.check_type(call, account, kind)
    options = hash_at(use_case, "collection_options")
    link = v1.link(call, account, kind, use_case, options)._replace(
        configurations=account.v2.applied if account.v2 else ()
    )
    call.sandbox.links.add(link)
    accounts.lock(call.sandbox, account)
    return _response(call, link, kind, use_case)


def _use_case(sent: Params, kind: str) -> Params:
    """The options of the use case's type. Raises StripeError."""
    if not hash_at(sent, kind):
        raise errors.missing_param(("use_case", kind))
    return hash_at(sent, kind)


def _check_configurations(account: Account, use_case: Params) -> None:
    """Refuses other configurations than exactly the applied ones. Raises StripeError."""
    applied = account.v2.applied if account.v2 else ()
    named = use_case["configurations"]
    if not isinstance(named, list) or set(named) != set(applied):
        raise errors.v2_configs_must_match_for_links(applied)


def _check_urls(call: Call, use_case: Params) -> None:
    """Refuses invalid URLs, and in live mode http (observed: one error for both). Raises StripeError."""
    schemes = ("https",) if call.sandbox.livemode else ("http", "https")
    for name in v1.URLS:
        url = str(use_case.get(name) or "")
        if url and (not v1.is_url(url) or urlsplit(url).scheme not in schemes):
            raise errors.v2_link_url_invalid(name)


def _response(call: Call, link: Link, kind: str, use_case: Params) -> dict[str, Json]:
    """The account link object. It has both collection options if one was sent (observed), otherwise null."""
    options = hash_at(use_case, "collection_options")
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
                "configurations": use_case["configurations"],
                "refresh_url": link.refresh_url,
                "return_url": link.return_url or None,
            },
            "type": kind,
        },
    }


ACCOUNT_LINKS_V2 = Resource[Link](name="v2.core.account_link", verbs={"create": create}, style=V2)
RESOURCES = (ACCOUNT_LINKS_V2,)
