"""The page of a checkout session, at its `url`; the pages that payment links and the recovery of a session lead to.

GET shows the page, POST of its form changes the order or pays. A session that is complete redirects to `success_url`, a
payment that its customer must authenticate to the page of the bank, which returns here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from starlette.requests import Request
from starlette.responses import Response

from emulator.errors import StripeError
from emulator.events import Origin, Transaction, catch_up
from emulator.hosted import checkout_form, checkout_page, inputs, responses, validation
from emulator.hosted.checkout_page import Shown
from emulator.hosted.inputs import Values
from emulator.model.declaration.endpoint import Scope
from emulator.model.declaration.private import private
from emulator.model.declaration.resource import Fields, Shared
from emulator.model.stored import objects
from emulator.model.stored.stored import decode, shared
from emulator.resources.billing.checkout import links, payers, promotions, recovery, visits
from emulator.resources.billing.checkout.creation import SESSION
from emulator.resources.billing.checkout.kept import SessionState
from emulator.sandbox.sandbox import Sandbox, Sandboxes
from emulator.schema.trees import hash_in
from emulator.store.table import Row
from emulator.wire.form import Tree
from emulator.wire.json import Json

PAGE, LINK, RECOVERY = "/c/pay/", links.PATH, recovery.PATH
EMBEDDED = "/c/embedded-checkout-inner/"  # the page inside another one, in a frame of Stripe.js
DONE = "/v3/embedded-checkout-done.html"  # which tells the page around the frame
PATHS = (PAGE, EMBEDDED, LINK, RECOVERY)
METHODS = ("GET", "HEAD", "POST")
PLACEHOLDER = "{CHECKOUT_SESSION_ID}"


async def respond(sandboxes: Sandboxes, request: Request, values: Values | None) -> Response:
    """The page, or the response to its form."""
    if request.method not in METHODS:
        return responses.not_allowed("GET, HEAD, POST")
    path, address = str(request.scope["path"]), str(request.base_url).rstrip("/")
    query: Tree = {name: value for name, value in request.query_params.items() if isinstance(value, str)}
    if path.startswith(LINK):
        return await _begin(sandboxes, path, query, address, use=request.method != "HEAD")
    if path.startswith(RECOVERY):
        return await _recover(sandboxes, path.removeprefix(RECOVERY), address, use=request.method != "HEAD")
    begin = EMBEDDED if path.startswith(EMBEDDED) else PAGE
    identifier = path.removeprefix(begin)
    sandbox = sandboxes.find_by_row(SESSION, identifier)
    if sandbox is None:
        return responses.message(404, "No such session", "The emulator has no checkout session with this link.")
    await catch_up(sandbox)  # a session may have expired
    visit = Visit(sandbox, identifier, address, begin)
    if request.method != "POST":
        return visit.show(returning="redirect_status" in query)
    return visit.submit(values) if values is not None else responses.message(413, "Too much was sent", "Go back.")


class Visit:
    """A visitor at the page of a session."""

    def __init__(self, sandbox: Sandbox, identifier: str, address: str, begin: str) -> None:
        self._sandbox = sandbox
        self._identifier = identifier
        self._address = address
        self._path = f"{begin}{identifier}"
        self._framed = begin == EMBEDDED

    @property
    def _fields(self) -> Shared:
        return shared(self._row)

    @property
    def _row(self) -> Row[bytes]:
        return visits.find(self._sandbox, self._identifier)[1]

    @property
    def _scope(self) -> Scope:
        return visits.find(self._sandbox, self._identifier)[0]

    def show(self, *, returning: bool = False) -> Response:
        """The page of an open session; of one that is over, where it leads to, or that it is over."""
        fields = self._fields
        if fields["status"] == "open":
            return self._open(200, {}, visits.last_error(self._scope, fields) if returning else "")
        if fields["status"] == "complete":
            return self._complete(fields)
        return responses.message(410, "This session has expired", "Nothing was charged. Begin again in the shop.")

    def submit(self, values: Values) -> Response:
        """The response to the form."""
        if self._fields["status"] != "open":
            return self.show()
        action = values.get("action", "pay")
        if action in ACTIONS:
            return self._change(ACTIONS[action](values), values)
        if action not in ("pay", "pay_test"):
            return responses.message(400, "This cannot be done", f"Send action as pay, {', '.join(ACTIONS)}.")
        if action == "pay" and (problems := validation.of_checkout(self._fields, values)):
            return self._open(400, inputs.Form(values, problems), "")
        if order := checkout_form.changes(values):
            refused = self._changed(order)
            if refused:
                return self._open(400, values, refused)
        return self._pay(values, test=action == "pay_test")

    def _change(self, changes: Tree, values: Values) -> Response:
        refused = self._changed(changes) if changes else ""
        at = "promotionCode" if values.get("action") == "apply_code" else ""
        shown, message = validation.form(values, refused, None, at if self._fields.get("allow_promotion_codes") else "")
        return self._open(400 if refused else 200, shown, message)

    def _changed(self, changes: Tree) -> str:
        """The error of a change of the order, empty if it was made."""
        try:
            with Transaction(self._sandbox, Origin(self._sandbox.clock.now())):
                visits.change(self._sandbox, self._identifier, changes)
        except StripeError as error:
            return error.body.message
        return ""

    def _pay(self, values: Values, *, test: bool) -> Response:
        method = values.get("paymentMethod", "")
        if not test and method and not self._offers(method):
            return self._open(400, *validation.form(values, "Choose one of the payment methods.", None))
        sent = checkout_form.entered({**values, **checkout_form.TEST_CARD, "paymentMethod": "card"} if test else values)
        entered = payers.with_defaults(self._fields, sent) if test else sent
        try:
            with Transaction(self._sandbox, Origin(self._sandbox.clock.now())):
                outcome = visits.pay(self._sandbox, self._identifier, entered, self._address, self._path)
        except StripeError as error:
            return self._open(error.body.status, *validation.form(values, error.body.message, error.body.code))
        if outcome.problem:
            return self._open(402, *validation.form(values, outcome.problem, outcome.code))
        fields = shared(outcome.session)
        waits = visits.waits_at(self._scope, fields) if fields["status"] == "open" else None
        return self._leave(waits) if waits else self.show()

    def _offers(self, method: str) -> bool:
        """Whether the page offers a saved method, or a type of new ones."""
        return method.startswith("pm_") or method in cast("list[Json]", self._fields["payment_method_types"])

    def _open(self, status: int, values: Values, problem: str) -> Response:
        scope, fields = self._scope, decode(self._row)
        for each in cast("list[Fields]", fields.get("shipping_options") or []):
            rate = objects.get(scope, "shipping_rate", str(each["shipping_rate"]))
            each["shown_name"] = shared(rate).get("display_name") if rate is not None else None
        shown = Shown(fields, _saved(scope, fields), values, problem, _code(scope, fields), self._path)
        return responses.page(status, checkout_page.page(shown))

    def _leave(self, url: str) -> Response:
        """Go to a page of a bank; inside a frame it has the host of the frame."""
        return responses.forward(url.removeprefix(self._address)) if self._framed else responses.redirect(url)

    def _complete(self, fields: Shared) -> Response:
        if self._framed:
            return responses.forward(DONE)
        url, message = _after(self._scope, fields)
        if url is not None:
            return responses.redirect(url.replace(PLACEHOLDER, self._identifier))
        return responses.message(200, "Thanks for your payment", message)


# The changes that each button makes.
ACTIONS: Mapping[str, Any] = {
    "update": checkout_form.changes,
    "apply_code": lambda values: {"promotion_code": values.get("promotionCode", "")},
    "remove_code": lambda _: {"promotion_code": ""},
}


def _after(scope: Scope, fields: Shared) -> tuple[str | None, str]:
    """Where a complete session leads to, or the message that it ends with."""
    link = objects.get(scope, links.LINK, private(SessionState, fields).get("_link", ""))
    if link is None:
        url = fields.get("success_url") or fields.get("return_url")
        return (str(url) if url else None), "You can close this page."
    after = hash_in(shared(link), "after_completion")
    url = hash_in(after, "redirect").get("url")
    custom = hash_in(after, "hosted_confirmation").get("custom_message")
    return (str(url) if url else None), str(custom or "A payment to the shop will appear on your statement.")


def _saved(scope: Scope, fields: Fields) -> list[tuple[str, str]]:
    """The cards of the customer that may be shown again, newest first."""
    customer = fields.get("customer")
    rows = scope.sandbox.table("payment_method").newest(scope.owner, parent=str(customer)) if customer else ()
    found = [(row.id, shared(row)) for row in rows if row.id.startswith("pm_")]
    return [
        (key, _card_name(each)) for key, each in found if each.get("card") and each.get("allow_redisplay") == "always"
    ]


def _card_name(method: Mapping[str, Json]) -> str:
    card = hash_in(method, "card")
    return f"{str(card.get('brand')).capitalize()} •••• {card.get('last4')}"


def _code(scope: Scope, fields: Fields) -> str:
    """The promotion code of an order."""
    discounts = cast("list[Fields]", fields.get("discounts") or [])
    named = next((each["promotion_code"] for each in discounts if each.get("promotion_code")), None)
    return str(promotions.find(scope, str(named)).get("code") or "") if named else ""


async def _begin(sandboxes: Sandboxes, path: str, query: Tree, address: str, *, use: bool) -> Response:
    """A visit of a payment link: a new session, if the link is used."""
    for sandbox in sandboxes.newest_first():
        row = links.find(sandbox, path)
        if row is None:
            continue
        fields = shared(row)
        if not fields.get("active"):
            text = str(fields.get("inactive_message") or "This link is no longer active.")
            return responses.message(410, "This link cannot be used", text)
        if not use:
            return _unused()
        now = await catch_up(sandbox)
        try:
            with Transaction(sandbox, Origin(now)):
                session = links.visit(sandbox, row.id, query, address)
        except StripeError as error:
            return responses.message(400, "This link cannot be used", error.body.message)
        return responses.redirect(f"{address}{PAGE}{session.id}")
    return responses.message(404, "No such link", "The emulator has no payment link with this URL.")


def _unused() -> Response:
    """The response to HEAD for a link whose visits make sessions."""
    return responses.message(200, "Checkout", "A visit begins a checkout session.")


async def _recover(sandboxes: Sandboxes, identifier: str, address: str, *, use: bool) -> Response:
    """A copy of an expired session that can be recovered, if the link is used."""
    sandbox = sandboxes.find_by_row(SESSION, identifier)
    if sandbox is None:
        return responses.message(404, "No such session", "The emulator has no checkout session with this link.")
    if not use:
        return _unused()
    now = await catch_up(sandbox)
    try:
        with Transaction(sandbox, Origin(now)):
            session = recovery.recover(sandbox, identifier, address)
    except (StripeError, LookupError):
        return responses.message(410, "This session is over", "It can no longer be recovered.")
    return responses.redirect(f"{address}{PAGE}{session.id}")
