"""The browser's requests about an account session: claim its secret, log out."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from emulator.control.endpoints.requests import body_of, text, world
from emulator.control.endpoints.responses import ControlError, answer
from emulator.resources.connect.account_sessions.claims import REFUSALS, Claim, ClaimRefused, origin_of
from emulator.resources.connect.account_sessions.claims import claim as burn
from emulator.resources.connect.account_sessions.components import layout
from emulator.resources.connect.account_sessions.render import enabled_components
from emulator.sandbox.component_log import ComponentEvent
from emulator.sandbox.sandbox import Sandbox
from emulator.wire.json import Json

# A page of any origin may claim, as a page of any origin may use the real components.
CORS = {
    "access-control-allow-origin": "*",
    "access-control-allow-methods": "POST, OPTIONS",
    "access-control-allow-headers": "content-type",
    "access-control-max-age": "300",
}


async def preflight(_: Request) -> Response:
    """OPTIONS /_emulator/connect/...: the preflight response to pages of any origin."""
    return Response(status_code=204, headers=CORS)


async def claim(request: Request) -> Response:
    """POST /_emulator/connect/claim with `client_secret` and `publishable_key`."""
    try:
        body = await body_of(request)
        origin = origin_of(body.get("origin"), request.headers.get("origin"))
        key = str(body.get("publishable_key", ""))
        granted = burn(world(request).sandboxes, text(body, "client_secret"), key, origin)
    except ClaimRefused as refused:
        message, hint = REFUSALS[refused.code]
        return answer({"error": {"code": refused.code, "message": message, "hint": hint}}, 400, CORS)
    except ControlError as error:
        return answer({"error": {"code": error.code, "message": error.message, "hint": error.hint}}, error.status, CORS)
    return answer(_granted(granted), 200, CORS)


async def logout(request: Request) -> Response:
    """POST /_emulator/connect/logout with `session_token`: revoke the token at once, and log that."""
    token = text(await body_of(request), "session_token")
    sandbox = world(request).sandboxes.of_token(token)
    return answer({"revoked": sandbox is not None and _revoke(sandbox, token)}, 200, CORS)


def _revoke(sandbox: Sandbox, token: str) -> bool:
    now = sandbox.clock.now()
    browser = sandbox.sessions.browser_session(token, now)
    if browser is not None:
        sandbox.component_log.tell(
            ComponentEvent(now, "event", "", "logout", "", browser.client_secret, browser.origin)
        )
    return sandbox.sessions.revoke(token)


def _granted(claim: Claim) -> Json:
    session, browser = claim.session, claim.browser
    return {
        "account": session.account,
        "components": enabled_components(layout(session.layout), session.enabled, session.features),
        "session_token": browser.token,
        "created": browser.created,
        "expires_at": browser.expires_at,
        "livemode": claim.sandbox.livemode,
    }
