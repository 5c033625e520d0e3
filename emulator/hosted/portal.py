"""The pages of the billing portal, at the `url` of its sessions.

GET shows a page, POST of its forms changes something and goes back to the start, or to where the flow of the session
leads. A session can be opened for five minutes, and used for an hour after each visit (official).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import islice
from typing import cast

from starlette.requests import Request
from starlette.responses import Response

from emulator.errors import StripeError
from emulator.events import Origin, Transaction, catch_up
from emulator.hosted import checkout_form, inputs, portal_page, responses, validation
from emulator.hosted.inputs import Values
from emulator.hosted.portal_page import Shown
from emulator.model.declaration.resource import Fields
from emulator.model.stored import objects
from emulator.model.stored.stored import shared
from emulator.resources.billing.checkout import portal, portal_visits
from emulator.resources.billing.checkout.creation import display_name
from emulator.resources.billing.products.line_items import product_name
from emulator.resources.payments.intents import states
from emulator.sandbox.sandbox import Sandbox, Sandboxes
from emulator.schema.trees import hash_in
from emulator.store.table import Row
from emulator.wire.form import Tree
from emulator.wire.json import Json

PATH, METHODS = portal.PATH, ("GET", "HEAD", "POST")
MOST_SHOWN = 12  # subscriptions, payment methods and invoices on the page, the newest (our choice)
USED = 3_600  # seconds after a visit in which a session can be used (official)
SUBSCRIPTION, DEFAULT = portal.SUBSCRIPTION, portal_visits.DEFAULT


async def respond(sandboxes: Sandboxes, request: Request, values: Values | None) -> Response:
    """A page of the portal, or the response to a form."""
    if request.method not in METHODS:
        return responses.not_allowed("GET, HEAD, POST")
    path, address = str(request.scope["path"]), str(request.base_url).rstrip("/")
    token, _, rest = path.removeprefix(PATH).partition("/")
    sandbox = sandboxes.find_by_row(portal.TOKENS.name, token)
    found = portal.TOKENS.row(sandbox, token) if sandbox is not None else None
    if sandbox is None or found is None:
        return responses.message(404, "No such session", "The emulator has no portal session with this link.")
    session = found.data.decode()
    await catch_up(sandbox)
    if not _is_open(sandbox, session, use=request.method != "HEAD"):
        return responses.message(410, "This session has expired", "Create another one: it can be used for an hour.")
    visit = Portal(sandbox, session, f"{PATH}{token}", address)
    if request.method != "POST":
        return visit.show(rest)
    return visit.submit(values) if values is not None else responses.message(413, "Too much was sent", "Go back.")


def _is_open(sandbox: Sandbox, session: str, *, use: bool) -> bool:
    """Whether a session can be used, which prolongs it."""
    now = sandbox.clock.now()
    row = sandbox.table(portal.SESSION).find(session)
    until = sandbox.portal_visits.get(session) or (row.created + portal.UNOPENED if row is not None else 0)
    if now >= until:
        return False
    if use:
        sandbox.portal_visits[session] = now + USED
    return True


class Portal:
    """A visitor of the portal."""

    def __init__(self, sandbox: Sandbox, session: str, path: str, address: str) -> None:
        self._sandbox = sandbox
        self._session = session
        self._path = path
        self._declined = ""  # the message of a card that was declined
        self._address = address

    def show(self, rest: str, problem: str = "", values: Values | None = None, status: int = 200) -> Response:
        """The page of a part of the path; a session with a flow begins at its page."""
        rest = rest or _page_of(hash_in(shared(self._row), "flow"))
        parts = rest.split("/")
        one = len(parts) == 3 and parts[0] == "subscriptions" and parts[2] in _PAGES
        shown = self._shown(parts[1] if one else None)._replace(problem=problem, values=values or {})
        if rest == "payment-methods":
            return responses.page(status, portal_page.method(shown))
        if one and shown.subscriptions:
            return responses.page(status, _PAGES[parts[2]](shown, shown.subscriptions[0]))
        return responses.page(status, portal_page.page(self._shown() if one else shown))

    def submit(self, values: Values) -> Response:
        """The response to a form."""
        action = values.get("action", "")
        if action not in _ACTIONS:
            return responses.message(400, "This cannot be done", f"Send action as one of {', '.join(_ACTIONS)}.")
        problems = validation.of_card(values) if action == "add_method" else {}
        if problems:
            return self.show("payment-methods", "", inputs.Form(values, problems), 400)
        waits: str | None = None
        try:
            with Transaction(self._sandbox, Origin(self._sandbox.clock.now())):
                waits = _ACTIONS[action](self, values)
        except StripeError as error:
            rest = "payment-methods" if action == "add_method" else ""
            shown, message = validation.form(values, error.body.message, error.body.code)
            return self.show(rest, message, shown, error.body.status)
        if self._declined:
            return self.show("payment-methods", self._declined, values, 402)
        return responses.redirect(waits) if waits else self._after(action)

    def _after(self, action: str) -> Response:
        """Where an action leads to: the start, or what the flow of the session says."""
        flow = hash_in(shared(self._row), "flow")
        after = hash_in(flow, "after_completion")
        if not flow or action not in _OF_FLOWS.get(str(flow["type"]), ()):
            return responses.redirect(f"{self._address}{self._path}")
        if after.get("type") == "redirect":
            return responses.redirect(str(hash_in(after, "redirect")["return_url"]))
        if after.get("type") == "hosted_confirmation":
            text = hash_in(after, "hosted_confirmation").get("custom_message") or "You can close this page."
            return responses.message(200, "All done", str(text))
        return responses.redirect(f"{self._address}{self._path}/home")

    @property
    def _row(self) -> Row[bytes]:
        row: Row[bytes] | None = self._sandbox.table(portal.SESSION).find(self._session)
        if row is None:
            raise LookupError(self._session)
        return row

    def _shown(self, subscription: str | None = None) -> Shown:
        """What there is to show: the newest of each kind, or of the subscriptions the one with an id."""
        visit = portal_visits.find(self._sandbox, self._session)
        scope, table = visit.scope, self._sandbox.table
        configuration = objects.existing(scope, portal.CONFIGURATION, str(visit.session["configuration"]))
        rows = portal_visits.subscriptions_of(scope, visit.customer)
        wanted = (row for row in rows if subscription in (None, row.id))
        subscriptions = [objects.shown(scope, SUBSCRIPTION, row) for row in islice(wanted, MOST_SHOWN)]
        for each in subscriptions:
            for item in cast("list[Fields]", hash_in(each, "items").get("data") or []):
                item["shown_name"] = product_name(scope, hash_in(item, "price"))
        customer = shared(objects.existing(scope, "customer", visit.customer))
        paying = {each.get(DEFAULT) for each in (*subscriptions, hash_in(customer, "invoice_settings"))}
        methods = [row for row in table("payment_method").newest(scope.owner, parent=visit.customer) if _is_method(row)]
        invoices = (
            objects.shown(scope, "invoice", row)
            for row in objects.newest_by(scope, "invoice", "customer", visit.customer)
            if shared(row).get("status") != "draft"
        )
        prices = portal_visits.offered(hash_in(visit.features, "subscription_update"))
        return Shown(
            self._path,
            visit.session,
            display_name(scope),
            str(hash_in(shared(configuration), "business_profile").get("headline") or ""),
            visit.features,
            customer,
            subscriptions,
            [{"id": row.id, **shared(row)} for row in methods if row in methods[:MOST_SHOWN] or row.id in paying],
            [*islice(invoices, MOST_SHOWN)],
            [(price, self._price(price)) for price in prices],
        )

    def _price(self, identifier: str) -> str:
        scope = portal_visits.find(self._sandbox, self._session).scope
        row = objects.get(scope, "price", identifier)
        return portal_page.price_name(product_name(scope, shared(row)), shared(row)) if row is not None else identifier

    # --- actions --------------------------------------------------------------------------------------------------

    def cancel(self, values: Values) -> None:
        """Cancel a subscription. Raises StripeError."""
        given = (values.get("subscription", ""), values.get("reason", ""), values.get("comment", ""))
        portal_visits.cancel(self._sandbox, self._session, *given)

    def keep(self, values: Values) -> None:
        """Keep a subscription. Raises StripeError."""
        portal_visits.keep(self._sandbox, self._session, values.get("subscription", ""))

    def update(self, values: Values) -> None:
        """Change the plan of a subscription. Raises StripeError."""
        given = (values.get("subscription", ""), values.get("price", ""), values.get("quantity", ""))
        portal_visits.update(self._sandbox, self._session, *given)

    def add_method(self, values: Values) -> str | None:
        """Add a card; the page of the bank, if it must be authenticated. Raises StripeError."""
        entered = cast("Tree", checkout_form.entered({**values, "paymentMethod": "card"})["payment_method_data"])
        page = f"{self._address}{self._path}"
        added = portal_visits.add_method(self._sandbox, self._session, entered, self._address, page)
        self._declined = added.problem
        fields = shared(added.intent)
        if fields["status"] != states.ACTION:
            return None
        return str(hash_in(hash_in(fields, "next_action"), "redirect_to_url")["url"])

    def set_default(self, values: Values) -> None:
        """Make a payment method the default. Raises StripeError."""
        portal_visits.set_default(self._sandbox, self._session, values.get("method", ""))

    def remove(self, values: Values) -> None:
        """Remove a payment method. Raises StripeError."""
        portal_visits.remove_method(self._sandbox, self._session, values.get("method", ""))

    def edit(self, values: Values) -> None:
        """Change the details of the customer. Raises StripeError."""
        details: Tree = {name: values[name] for name in ("name", "email", "phone") if name in values}
        if "billingLine1" in values:
            details["address"] = checkout_form.address(values, "billing")
        portal_visits.edit(self._sandbox, self._session, details)


_PAGES: Mapping[str, Callable[[Shown, Fields], str]] = {
    "cancel": portal_page.cancellation,
    "update": portal_page.update,
}
_ACTIONS: Mapping[str, Callable[[Portal, Values], str | None]] = {
    "add_method": Portal.add_method,
    "cancel": Portal.cancel,
    "default": Portal.set_default,
    "edit": Portal.edit,
    "keep": Portal.keep,
    "remove": Portal.remove,
    "update": Portal.update,
}
# The actions that complete each flow.
_OF_FLOWS = {
    "payment_method_update": ("add_method", "default"),
    "subscription_cancel": ("cancel",),
    "subscription_update": ("update",),
    "subscription_update_confirm": ("update",),
}


def _is_method(row: Row[bytes]) -> bool:
    """Whether a row is a payment method, not a source, which are in the same table."""
    return row.id.startswith("pm_")


def _page_of(flow: Mapping[str, Json]) -> str:
    """The page at which a flow begins, empty for the start."""
    kind = str(flow.get("type") or "")
    if kind == "payment_method_update":
        return "payment-methods"
    verbs = {"subscription_cancel": "cancel", "subscription_update": "update", "subscription_update_confirm": "update"}
    about = hash_in(flow, kind).get("subscription")
    return f"subscriptions/{about}/{verbs[kind]}" if about and kind in verbs else ""
