"""Serves what links lead to: `/setup/...`, the hosted onboarding, and `/express/...`, the Express Dashboard.

A link is a secret: who has it may open it, once. Opening shows the page; sending its form ends it, and so does sending
one without having opened the page before, which spares a test a step.
"""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from emulator.events import Origin, Transaction, publish, returned
from emulator.hosted import pages
from emulator.hosted.onboarding import ACTIONS, collected
from emulator.resources.connect import accounts
from emulator.resources.connect.account_links import ONBOARDING, UPDATE
from emulator.resources.connect.login_links import PLACE
from emulator.sandbox.sandbox import Sandbox, Sandboxes
from emulator.store.links import Link, Visit
from emulator.store.rows import Account

BODY_LIMIT = 65_536
SESSION_LENGTH = 24
HEADERS = {"cache-control": "no-store", "referrer-policy": "no-referrer", "x-content-type-options": "nosniff"}


class Sent(NamedTuple):
    """A form of the onboarding. Without a session, it is sent by somebody who has not opened the page."""

    action: str
    requirements: tuple[str, ...]
    session: str | None


class Opened(NamedTuple):
    """A link in the hands of a visitor, with its account, None when that is gone; `now` is unix seconds."""

    sandbox: Sandbox
    link: Link
    account: Account | None
    now: int

    @property
    def until(self) -> int:
        """When a session that begins now ends (our choice: with that of a claimed account session)."""
        return self.now + self.sandbox.settings.browser_session_lifetime


class Hosted:
    """The ASGI application of the paths of links."""

    def __init__(self, sandboxes: Sandboxes) -> None:
        self._sandboxes = sandboxes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        response = await self._respond(request)
        response.headers.update(HEADERS)
        response.headers["content-security-policy"] = pages.policy()
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        sent = await _form(request) if request.method == "POST" else None
        found = self._find(request.scope["path"])
        if found is None:
            return _message(404, "No such link", "The emulator has not made this link, or has forgotten it.")
        if found.link.place == PLACE:
            return _dashboard(found, request.method)
        if request.method in ("GET", "HEAD"):
            return _open(found, burn=request.method == "GET")
        if request.method != "POST":
            return _not_allowed("GET, HEAD, POST")
        if sent is None:
            return _message(413, "Too much was sent", "The form of the page is smaller.")
        return _submit(found, sent)

    def _find(self, path: str) -> Opened | None:
        sandbox = self._sandboxes.linking(path)
        link = sandbox.links.get(path) if sandbox else None
        if sandbox is None or link is None:
            return None
        return Opened(sandbox, link, accounts.find(sandbox, link.account), sandbox.clock.now())


def _open(found: Opened, *, burn: bool) -> Response:
    """The page for the first visitor; every other one goes to `refresh_url` (official). HEAD burns nothing."""
    sandbox, link, account, now = found
    session = sandbox.ids.token(SESSION_LENGTH)
    if account is None or account.rejected:
        return _redirect(link.refresh_url)
    outcome = sandbox.links.visit(link, session, now, found.until) if burn else sandbox.links.look(link, now)
    if outcome is not Visit.OPENED:
        return _redirect(link.refresh_url)
    return _page(200, pages.setup(link, account, session, collected(link, account, now)))


def _submit(found: Opened, sent: Sent) -> Response:
    """Ends the page as its visitor wants, and goes to `return_url` if there is one, whatever came of it (official)."""
    sandbox, link, account, now = found
    if account is None or account.rejected:
        return _redirect(link.refresh_url)
    names = collected(link, account, now)
    refusal = _refusal(sent, names, link)
    if refusal:
        return _refused(found, sent, names, refusal)
    if not _leave(found, sent):
        return _redirect(link.refresh_url)
    chosen = [name for name in names if name in sent.requirements] if sent.action == "provide" else names
    with Transaction(sandbox, Origin(now)):
        ACTIONS[sent.action](sandbox, link, account, chosen)
    if link.configurations:
        use_case = UPDATE if link.update else ONBOARDING
        publish(sandbox, [returned(account.id, link.configurations, use_case)], Origin(now))
    return _redirect(link.return_url) if link.return_url else _message(200, "All done", "You can close this page.")


def _refusal(sent: Sent, names: list[str], link: Link) -> str:
    """What is wrong with a form, empty when nothing is."""
    if sent.action not in ACTIONS or (sent.action == "fail" and link.update):
        return f"Send action as one of {', '.join(ACTIONS)}; fail is for account_onboarding only."
    if sent.action == "provide" and (not sent.requirements or not set(sent.requirements) <= set(names)):
        return f"Send requirement, once or more often, each one of: {', '.join(names) or 'nothing is asked for'}."
    return ""


def _refused(found: Opened, sent: Sent, names: list[str], refusal: str) -> Response:
    """To somebody who has the page before them, the page once more: going back would open the link again."""
    if found.account is None or sent.session is None or sent.action != "provide":
        return _message(400, "This cannot be done", refusal)
    changed = "What is asked for has changed meanwhile: please select again."
    problem = changed if sent.requirements else "Select at least one of the details, or leave without finishing."
    return _page(400, pages.setup(found.link, found.account, sent.session, names, problem))


def _leave(found: Opened, sent: Sent) -> bool:
    sandbox, link, _, now = found
    session = sent.session
    if session is None:
        session = sandbox.ids.token(SESSION_LENGTH)
        if sandbox.links.visit(link, session, now, found.until) is not Visit.OPENED:
            return False
    return sandbox.links.leave(link, session, now)


def _dashboard(found: Opened, method: str) -> Response:
    """The Express Dashboard for the first visitor (official: single use); others are told to get a new link."""
    sandbox, link, account, now = found
    if method not in ("GET", "HEAD"):
        return _not_allowed("GET, HEAD")
    look = sandbox.links.look(link, now)
    outcome = sandbox.links.visit(link, "", now, now) if method == "GET" and account else look
    if account is None or outcome is not Visit.OPENED:
        return _message(410, "This link has been used", "Create another login link: each opens once.")
    return _page(200, pages.express(account, now))


async def _form(request: Request) -> Sent | None:
    """What a form says, None when it is too large."""
    raw = b""
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > BODY_LIMIT:
            return None
    fields = parse_qs(raw.decode("latin-1"), keep_blank_values=True)
    action, session = fields.get("action", [""]), fields.get("session")
    return Sent(action[0], tuple(fields.get("requirement", ())), session[0] if session else None)


def _redirect(url: str) -> Response:
    return RedirectResponse(url, 303)


def _page(status: int, text: str) -> Response:
    return Response(text, status, media_type="text/html")


def _message(status: int, title: str, text: str) -> Response:
    return _page(status, pages.message(title, text))


def _not_allowed(methods: str) -> Response:
    response = _message(405, "Not here", f"This page takes {methods} only.")
    response.headers["allow"] = methods
    return response
