"""Login links: one way into the Express Dashboard of an account that has completed its onboarding."""

from __future__ import annotations

from emulator import errors
from emulator.model.declaration.endpoint import Call
from emulator.model.declaration.resource import Resource
from emulator.resources.connect.account_links import CODE_LENGTH, check_urls
from emulator.resources.connect.accounts.endpoints import reached
from emulator.resources.connect.accounts.requirements.status import status_of
from emulator.store.links import Link
from emulator.wire.json import Json

EXPRESS = "express"


def create(call: Call) -> Json:
    """POST /v1/accounts/{account}/login_links: a new URL each time, which works once. Raises StripeError.

    It has the form of Stripe's, on the emulator's own address (our choice). It does not expire: no time is published.
    Before 2022-08-01 a request may name the page that the Dashboard leads back to (official).
    """
    account = reached(call)
    if account.controller.dashboard != "express":
        raise errors.not_an_express_account(account.id)
    if not status_of(account, call.now).details_submitted:
        raise errors.login_before_onboarding()
    back = str(call.params.get("redirect_url") or "")
    if back:
        check_urls(call, {"redirect_url": back})
    link = Link(call.sandbox.ids.token(CODE_LENGTH), EXPRESS, account.id, call.now, return_url=back)
    call.sandbox.links.add(link)
    return {"object": "login_link", "created": call.now, "url": f"{call.address}{link.path}"}


LOGIN_LINKS = Resource[Link](name="login_link", verbs={"create": create})
RESOURCES = (LOGIN_LINKS,)
