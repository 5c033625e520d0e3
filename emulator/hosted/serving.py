"""Serves the pages of links: `/setup/...`, the hosted onboarding, and `/express/...`, the Express Dashboard.

The pages of payments are served by `payments`, those of checkout sessions by `checkout`, of invoices by `invoices`.

A link is a secret and opens once. GET shows the page, POST of its form ends it. A POST without a GET before opens and
ends it in one step, for tests without a browser.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from emulator.events import Origin, Transaction, catch_up, publish
from emulator.hosted import (
    checkout,
    invoices,
    pages,
    payments,
    portal,
    responses,
)
from emulator.hosted.onboarding import ACTIONS, collected
from emulator.resources.connect import accounts
from emulator.resources.connect.account_links import ONBOARDING, UPDATE
from emulator.resources.connect.login_links import EXPRESS
from emulator.resources.v2.accounts.events import returned
from emulator.sandbox.sandbox import Sandbox, Sandboxes
from emulator.store.links import Link, LinkStatus
from emulator.store.rows import Account
from emulator.wire.namedtuples import NamedTuple

BODY_LIMIT = 65_536
SESSION_LENGTH = 24
HEADERS = {"cache-control": "no-store", "referrer-policy": "no-referrer", "x-content-type-options": "nosniff"}


class Sent(NamedTuple):
    """A form, with the values of its inputs. `session` is None if the page of the onboarding was not opened before."""

    action: str
    requirements: tuple[str, ...]
    session: str | None
    values: Mapping[str, str]


class Opened(NamedTuple):
    """A link that a visitor follows, and its account, None if that was deleted; `now` is in unix seconds."""

    sandbox: Sandbox
    link: Link
    account: Account | None
    now: int

    @property
    def until(self) -> int:
        """The end of a session that begins now (our choice: the lifetime of a claimed account session)."""
        return self.now + self.sandbox.settings.browser_session_lifetime


class Hosted:
    """The ASGI application for the paths of links."""

    def __init__(self, sandboxes: Sandboxes) -> None:
        self._sandboxes = sandboxes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        response = await self._respond(request)
        response.headers.update(HEADERS)
        response.headers["content-security-policy"] = pages.policy(framed=_is_framed(request.scope["path"]))
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        sent = await _form(request) if request.method == "POST" else None
        if request.scope["path"] in payments.PATHS:
            return await payments.respond(self._sandboxes, request, sent.action if sent else "")
        values = sent.values if sent else None
        if request.scope["path"].startswith(portal.PATH):
            return await portal.respond(self._sandboxes, request, sent.values if sent else None)
        if request.scope["path"].startswith(checkout.PATHS):
            return await checkout.respond(self._sandboxes, request, values)
        if request.scope["path"].startswith(invoices.PATHS):
            return await invoices.respond(self._sandboxes, request, values)
        return await self._link(request, sent)

    async def _link(self, request: Request, sent: Sent | None) -> Response:
        found = await self._find(request.scope["path"])
        if found is None:
            return responses.message(
                404, "No such link", "The emulator has not created this link, or no longer has it."
            )
        if found.link.page == EXPRESS:
            return _dashboard(found, request.method)
        if request.method in ("GET", "HEAD"):
            return _open(found, use=request.method == "GET")
        if request.method != "POST":
            return responses.not_allowed("GET, HEAD, POST")
        if sent is None:
            return responses.message(413, "Too much was sent", "The form of the page is smaller.")
        return _submit(found, sent)

    async def _find(self, path: str) -> Opened | None:
        sandbox = self._sandboxes.find_by_link(path)
        link = sandbox.links.get(path) if sandbox else None
        if sandbox is None or link is None:
            return None
        now = await catch_up(sandbox)
        return Opened(sandbox, link, accounts.find(sandbox, link.account), now)


def _is_framed(path: str) -> bool:
    """Whether a page may be shown inside another one."""
    return path in payments.PATHS or path.startswith(checkout.EMBEDDED)


def _open(found: Opened, *, use: bool) -> Response:
    """Show the page to the first visitor; redirect others to `refresh_url` (official). HEAD keeps the link."""
    sandbox, link, account, now = found
    session = sandbox.ids.token(SESSION_LENGTH)
    if account is None or account.rejected:
        return responses.redirect(link.refresh_url)
    outcome = sandbox.links.open(link, session, now, found.until) if use else sandbox.links.status(link, now)
    if outcome is not LinkStatus.VALID:
        return responses.redirect(link.refresh_url)
    return responses.page(200, pages.setup(link, account, session, collected(link, account, now)))


def _submit(found: Opened, sent: Sent) -> Response:
    """Run the action of the form, and redirect to `return_url` if there is one, whatever the outcome (official)."""
    sandbox, link, account, now = found
    if account is None or account.rejected:
        return responses.redirect(link.refresh_url)
    names = collected(link, account, now)
    refusal = _refusal(sent, names, link)
    if refusal:
        return _refused(found, sent, names, refusal)
    if not _leave(found, sent):
        return responses.redirect(link.refresh_url)
    chosen = [name for name in names if name in sent.requirements] if sent.action == "provide" else names
    with Transaction(sandbox, Origin(now)):
        ACTIONS[sent.action](sandbox, link, account, chosen)
    if link.configurations:
        use_case = UPDATE if link.update else ONBOARDING
        publish(sandbox, [returned(account.id, link.configurations, use_case)], Origin(now))
    return (
        responses.redirect(link.return_url)
        if link.return_url
        else responses.message(200, "All done", "You can close this page.")
    )


def _refusal(sent: Sent, names: list[str], link: Link) -> str:
    """The error of a form, empty if there is none."""
    if sent.action not in ACTIONS or (sent.action == "fail" and link.update):
        return f"Send action as one of {', '.join(ACTIONS)}; fail is for account_onboarding only."
    if sent.action == "provide" and (not sent.requirements or not set(sent.requirements) <= set(names)):
        return f"Send requirement, once or more often, each one of: {', '.join(names) or 'none is due'}."
    return ""


def _refused(found: Opened, sent: Sent, names: list[str], refusal: str) -> Response:
    """Show the page again to a visitor who has it open: going back would need the link, which is used up."""
    if found.account is None or sent.session is None or sent.action != "provide":
        return responses.message(400, "This cannot be done", refusal)
    changed = "The required details have changed meanwhile: please select again."
    problem = changed if sent.requirements else "Select at least one of the details, or leave without finishing."
    return responses.page(400, pages.setup(found.link, found.account, sent.session, names, problem))


def _leave(found: Opened, sent: Sent) -> bool:
    sandbox, link, _, now = found
    session = sent.session
    if session is None:
        session = sandbox.ids.token(SESSION_LENGTH)
        if sandbox.links.open(link, session, now, found.until) is not LinkStatus.VALID:
            return False
    return sandbox.links.close(link, session, now)


def _dashboard(found: Opened, method: str) -> Response:
    """Show the Express Dashboard to the first visitor (official: single use); others need a new link."""
    sandbox, link, account, now = found
    if method not in ("GET", "HEAD"):
        return responses.not_allowed("GET, HEAD")
    look = sandbox.links.status(link, now)
    outcome = sandbox.links.open(link, "", now, now) if method == "GET" and account else look
    if account is None or outcome is not LinkStatus.VALID:
        return responses.message(410, "This link has been used", "Create another login link: each opens once.")
    return responses.page(200, pages.express(account, now, link.return_url))


async def _form(request: Request) -> Sent | None:
    """Read the form; None if it is too large."""
    raw = b""
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > BODY_LIMIT:
            return None
    fields = parse_qs(raw.decode("utf-8", "replace"), keep_blank_values=True)
    action, session = fields.get("action", [""]), fields.get("session")
    values = {name: found[0] for name, found in fields.items()}
    return Sent(action[0], tuple(fields.get("requirement", ())), session[0] if session else None, values)
