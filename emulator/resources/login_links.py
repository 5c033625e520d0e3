"""Login links: one way into the Express Dashboard of an account that has completed its onboarding."""

from __future__ import annotations

from collections.abc import Mapping

from emulator import errors
from emulator.resources.accounts.endpoints import reached
from emulator.resources.accounts.status import status_of
from emulator.resources.call import Call, Endpoint
from emulator.wire.json import Json


def create(call: Call) -> Json:
    """POST /v1/accounts/{account}/login_links: a new address each time, which is not kept. Raises StripeError."""
    account = reached(call)
    if account.controller.dashboard != "express":
        raise errors.not_an_express_account(account.id)
    if not status_of(account, call.now).details_submitted:
        raise errors.login_before_onboarding()
    url = f"https://connect.stripe.com/express/{account.id}/{call.sandbox.ids.token(12)}"
    return {"object": "login_link", "created": call.now, "url": url}


ENDPOINTS: Mapping[str, Endpoint] = {"PostAccountsAccountLoginLinks": Endpoint(create)}
