"""Account links: one way into the hosted onboarding of an account.

Stripe's own pages cannot be had offline, so the URL has the form of Stripe's, on the emulator's own address (our
choice): it can be opened, by a browser or by plain HTTP.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from urllib.parse import urlsplit

from emulator import catalog, errors
from emulator.catalog.versions import Version
from emulator.model.declaration.endpoint import Call
from emulator.model.declaration.resource import Resource
from emulator.resources.connect import accounts
from emulator.resources.connect.accounts.requirements.due import due_of
from emulator.schema import spec
from emulator.schema.check import Params, Value
from emulator.store.links import Link
from emulator.store.rows import Account
from emulator.wire.dataclasses import replace
from emulator.wire.json import Json

LIFETIME_SECONDS = 300
CODE_LENGTH = 12
ONBOARDING, UPDATE = TYPES = ("account_onboarding", "account_update")
URLS = ("refresh_url", "return_url")
# The letter of a URL: observed of the three types, inferred of the other accounts, which go by their dashboard.
LETTERS: Mapping[str, str] = {"none": "c", "full": "s", "express": "e"}
_UNPRINTABLE = re.compile(r"[\s\x00-\x1f\x7f]")


@cache
def _params() -> spec.Object:
    """As in the OpenAPI document, with both URLs required, as the API reference says (official)."""
    known = catalog.operation("PostAccountLinks").params.params
    return spec.Object({**known, **{name: replace(known[name], required=True) for name in URLS}})


def params(_: Version) -> spec.Object:
    """The parameters, the same for every version."""
    return _params()


def create(call: Call) -> Json:
    """POST /v1/account_links: a new URL each time, which works once, for five minutes. Raises StripeError.

    Links that were made before work on until they expire (inferred). The account is locked where Stripe collects.
    """
    account = _connected_account(call, str(call.params["account"]))
    check_urls(call, {name: call.params[name] for name in URLS})
    kind = str(call.params["type"])
    check_type(call, account, kind)
    made = link(call, account, kind, call.params, _options(call.params))
    call.sandbox.links.add(made)
    accounts.lock(call.sandbox, account)
    url = f"{call.address}{made.path}"
    return {"object": "account_link", "created": made.created, "expires_at": made.expires_at, "url": url}


def link(call: Call, account: Account, kind: str, sent: Params, options: Params) -> Link:
    """A new link of a type, not stored; `sent` has its URLs, `options` what it collects."""
    return Link(
        code=call.sandbox.ids.token(CODE_LENGTH),
        page=f"setup/{LETTERS[account.controller.dashboard]}",
        account=account.id,
        created=call.now,
        expires_at=call.now + LIFETIME_SECONDS,
        refresh_url=str(sent["refresh_url"]),
        return_url=str(sent.get("return_url") or ""),
        update=kind == UPDATE,
        eventually_due=options.get("fields") == "eventually_due",
        future_requirements=options.get("future_requirements") == "include",
    )


def _connected_account(call: Call, identifier: str) -> Account:
    """The account that the caller is the platform of. A connected account is the platform of nobody (our choice)."""
    if identifier == (call.acting or call.sandbox.platform_id):
        raise errors.not_a_platform()
    account = None if call.acting else accounts.find_or_create(call.scope, identifier)
    if account is None:
        raise errors.account_link_unconnected()
    return account


def check_urls(call: Call, urls: Mapping[str, Value]) -> None:
    """Refuse values that are no URLs, and http in live mode. Raises StripeError."""
    for name, url in urls.items():
        if not is_url(str(url)):
            raise errors.url_invalid((name,))
        if call.sandbox.livemode and urlsplit(str(url)).scheme != "https":
            raise errors.livemode_without_https(name)


def is_url(text: str) -> bool:
    """Whether a text can be the address of a page."""
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and not _UNPRINTABLE.search(text)
    except ValueError:
        return False


def check_type(call: Call, account: Account, kind: str) -> None:
    """Refuse a type of link. Updates are where the platform collects, and nothing is due (observed).

    Raises StripeError.
    """
    collects = account.controller.requirement_collection == "application"
    if kind == UPDATE and not (collects and not due_of(account, call.now).currently):
        raise errors.account_update_refused()


def _options(params: Params) -> Params:
    """The options of collection. `collect`, their older form, excludes the newer one (our choice)."""
    options = params.get("collection_options")
    if options is not None and "collect" in params:
        raise errors.exclusive_params([("collect",), ("collection_options",)])
    return options if isinstance(options, dict) else {"fields": params.get("collect", "currently_due")}


ACCOUNT_LINKS = Resource[Link](name="account_link", verbs={"create": create}, params={"create": params})
RESOURCES = (ACCOUNT_LINKS,)
