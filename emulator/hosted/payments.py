"""The pages where the customer of a payment or a set-up acts: 3D Secure, and the authorization by a bank or a wallet.

Their URLs are those of `next_action`. GET shows the page, POST of its form completes the action or fails it, and goes
to `return_url` with Stripe's parameters. Without one the page says so; Stripe.js shows it in a frame.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from starlette.requests import Request
from starlette.responses import Response

from emulator.auth import keys
from emulator.events import Origin, Transaction, catch_up
from emulator.hosted import pages, responses
from emulator.model.declaration.endpoint import Scope
from emulator.model.declaration.private import private
from emulator.model.declaration.resource import Fields
from emulator.model.stored import objects
from emulator.model.stored.stored import decode
from emulator.resources.billing.base.documents import money
from emulator.resources.payments import overrides
from emulator.resources.payments.intents import customer_actions, microdeposits
from emulator.resources.payments.intents.authentication import PAGE, REDIRECT_PAGE
from emulator.resources.payments.intents.confirmation import ActionResult, secret_of
from emulator.resources.payments.intents.states import ACTION, IntentState
from emulator.sandbox.sandbox import Sandboxes
from emulator.schema.trees import integer
from emulator.store.table import Row
from emulator.wire.namedtuples import NamedTuple

TITLES = {
    PAGE: "3D Secure 2 Test Page",
    REDIRECT_PAGE: "Test Payment Page",
    microdeposits.PAGE: "Verification of a Bank Account",
}
PATHS = frozenset(TITLES)
# By the name of the button.
OUTCOMES: Mapping[str, ActionResult] = {"complete": "succeeded", "fail": "failed"}
_LABELS = {
    PAGE: ("Complete", "Fail"),
    REDIRECT_PAGE: ("Authorize Test Payment", "Fail Test Payment"),
    microdeposits.PAGE: ("Verify", "Fail"),
}
_IDS = ("test-source-authorize-3ds", "test-source-fail-3ds")  # by which browser tests find the buttons of Stripe's page


class Visit(NamedTuple):
    """A customer at the page of an intent."""

    scope: Scope
    intent: Row[bytes]


async def respond(sandboxes: Sandboxes, request: Request, action: str) -> Response:
    """The page, or the response to its form."""
    if request.method not in ("GET", "HEAD", "POST"):
        return responses.not_allowed("GET, HEAD, POST")
    visit = await _visit(sandboxes, request.query_params)
    if visit is None:
        return responses.message(404, "No such payment", "The emulator has no payment with this link.")
    fields = decode(visit.intent)
    if fields["status"] != ACTION or private(IntentState, fields).get("_attempt") != request.query_params.get("source"):
        return _over()
    path = str(request.scope["path"])
    if request.method != "POST":
        return responses.page(200, _page(path, fields))
    if action not in OUTCOMES:
        return responses.message(400, "This cannot be done", f"Send action as one of {', '.join(OUTCOMES)}.")
    return _completed(visit, OUTCOMES[action])


def _over() -> Response:
    return responses.message(410, "Nothing to do", "This payment no longer waits for its customer.")


async def _visit(sandboxes: Sandboxes, query: Mapping[str, str]) -> Visit | None:
    """The intent that the query names with its secret."""
    key = keys.parse(query.get("publishable_key", ""))
    sandbox = sandboxes.find(key) if key else None
    if sandbox is None:
        return None
    scope = Scope(sandbox, query.get("merchant", ""), await catch_up(sandbox))
    for kind in customer_actions.KINDS:
        row = objects.get(scope, kind, query.get(kind))
        if row is not None and secret_of(row) == query.get(f"{kind}_client_secret"):
            return Visit(scope, row)
    return None


def _completed(visit: Visit, result: ActionResult) -> Response:
    url, sandbox = customer_actions.return_url_of(visit.intent), visit.scope.sandbox
    try:
        with Transaction(sandbox, Origin(visit.scope.now)):
            overrides.complete_3ds(sandbox, visit.intent.id, result)
    except (LookupError, ValueError):  # a timer that was due has ended the payment, as the end of a session does
        return _over()
    row = customer_actions.find(visit.scope, visit.intent.id)
    if url is not None and row is not None:
        return responses.redirect(customer_actions.returned(url, row))
    return responses.message(200, "All done", "You can close this page.")


def _page(path: str, fields: Fields) -> str:
    """The page with its two buttons."""
    text = "The payment method is set up for later payments."
    if "amount" in fields:
        amount = money(fields, integer(fields, "amount"))
        text = f"A payment of {amount} {str(fields['currency']).upper()}."
    complete, fail = _LABELS[path]
    return pages.document(
        TITLES[path],
        f"<p>{escape(text)}</p><form method=post>",
        pages.button("complete", complete, first=True, identifier=_IDS[0]),
        pages.button("fail", fail, identifier=_IDS[1]),
        "</form>",
    )
