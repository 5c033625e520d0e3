"""The export of a sandbox with subscriptions, invoices and visits of pages makes all of it again, with the same ids."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from ..api import Api
from ..resources.billing.checkout.shop import advance, price, session

pytestmark = pytest.mark.anyio
NOON = 1_767_268_800  # 2026-01-01 12:00:00
DAY = 86_400
CARD = {"cardNumber": "4242 4242 4242 4242", "cardExpiry": "12 / 34", "cardCvc": "123", "email": "ada@example.com"}
MONTHLY: dict[str, Any] = {"recurring": {"interval": "month"}}
KINDS = (
    "checkout/sessions", "credit_notes", "invoices", "invoice_payments", "payment_intents", "quotes", "refunds",
    "setup_intents", "subscription_schedules", "subscriptions?status=all", "test_helpers/test_clocks",
)  # fmt: skip
# Secrets and links, which are new.
NEW = frozenset({"client_secret", "hosted_invoice_url", "invoice_pdf", "pdf"})


async def control(api: Api, method: str, path: str, body: object = None) -> Any:
    response = await api.control(method, path, body)
    assert response.status_code == 200, response.text
    return response.json()


async def frozen(at: int = NOON) -> Api:
    api = Api()
    await control(api, "POST", "/clock", {"freeze": at})
    return api


async def loaded(document: Any, later: int = 0) -> Api:
    api = await frozen(document["_at"] + later)
    await control(api, "POST", "/seeds", document)
    return api


async def visit(api: Api, url: str, **form: str) -> str:
    """Send the form of a page, and return where it leads to."""
    transport = httpx.ASGITransport(app=api.emulator)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:12111") as client:
        response = await client.post(url, data=form)
        assert response.status_code == 303, response.text
        return response.headers["location"]


def payer(api: Api, **params: Any) -> str:
    customer = str(api.posted("customers", email="ada@example.com", **params)["id"])
    card = api.posted("payment_methods/pm_card_visa/attach", customer=customer)["id"]
    api.posted(f"customers/{customer}", invoice_settings={"default_payment_method": card})
    return customer


def everything(api: Api) -> Any:
    return {kind: without(listed(api, kind)) for kind in KINDS}


def listed(api: Api, kind: str, **params: str) -> Any:
    query = "&".join(f"{name}={value}" for name, value in {"limit": "100", **params}.items())
    return api.get(f"/v1/{kind}{'&' if '?' in kind else '?'}{query}").body["data"]


def without(tree: Any) -> Any:
    if isinstance(tree, dict):
        return {name: without(value) for name, value in tree.items() if name not in NEW}
    return [without(each) for each in tree] if isinstance(tree, list) else tree


def refund_newest(api: Api, customer: str) -> str:
    """A credit note for the newest invoice of a customer, and the id of the invoice."""
    invoice = str(listed(api, "invoices", customer=customer)[0]["id"])
    api.posted("credit_notes", invoice=invoice, amount="100", refund_amount="100")
    return invoice


async def test_renewals_keep_the_ids_that_later_requests_name() -> None:
    api = await frozen()
    tea, customer = price(api, 1500, **MONTHLY), payer(api)
    api.posted("subscriptions", customer=customer, items=[{"price": tea}])
    clock = api.posted("test_helpers/test_clocks", frozen_time=str(NOON))["id"]
    member = payer(api, test_clock=clock)
    api.posted("subscriptions", customer=member, items=[{"price": tea}], trial_period_days="3")
    api.posted(f"test_helpers/test_clocks/{clock}/advance", frozen_time=str(NOON + 40 * DAY))
    advance(api, 65 * DAY)
    invoices = [refund_newest(api, each) for each in (customer, member)]
    document = await control(api, "GET", "/export")
    other = await loaded(document)
    assert everything(other) == everything(api)
    assert [each["status"] for each in listed(other, "invoices", customer=customer)] == ["paid"] * 3
    assert {each["invoice"] for each in listed(other, "credit_notes")} == set(invoices)
    assert (await control(other, "GET", "/export"))["fixtures"] == document["fixtures"]
    for each in (api, other):
        advance(each, 40 * DAY)
    assert len(listed(other, "invoices", customer=customer)) == len(listed(api, "invoices", customer=customer)) == 4


@pytest.mark.parametrize("later", [-(10**8), 17 * DAY, 10**8])
async def test_renewals_keep_their_ids_when_months_have_other_lengths(later: int) -> None:
    api = await frozen()
    customers = {}
    for day in range(4):
        customer = payer(api)
        customers[customer] = amount = 1000 + day
        api.posted("subscriptions", customer=customer, items=[{"price": price(api, amount, **MONTHLY)}])
        advance(api, 9 * DAY)
    advance(api, 35 * DAY)
    for customer in customers:
        refund_newest(api, customer)
    other = await loaded(await control(api, "GET", "/export"), later)
    assert {each["customer"]: each["amount"] for each in listed(other, "credit_notes")} == dict.fromkeys(customers, 100)
    for customer, amount in customers.items():
        mine, theirs = (listed(each, "invoices", customer=customer) for each in (api, other))
        assert {each["total"] for each in theirs} == {amount}
        assert len({each["id"] for each in mine} & {each["id"] for each in theirs}) >= min(len(mine), len(theirs)) - 1


async def test_a_test_clock_is_loaded_at_any_time() -> None:
    """Its times keep their distance to each other, also those that had passed by the machine's clock."""
    api = await frozen()
    clock = api.posted("test_helpers/test_clocks", frozen_time=str(NOON))["id"]
    api.posted(f"test_helpers/test_clocks/{clock}/advance", frozen_time=str(NOON + 5 * DAY))
    other = await loaded(await control(api, "GET", "/export"), 10**8)
    assert other.get(f"/v1/test_helpers/test_clocks/{clock}").body["frozen_time"] == NOON + 5 * DAY + 10**8


async def test_visits_of_pages_are_made_again() -> None:
    api = await frozen()
    for mode in ("payment", "subscription", "setup"):
        opened = session(api, mode)
        await visit(api, opened["url"], action="pay", **CARD)
    bank = await visit(api, session(api)["url"], action="pay", **{**CARD, "cardNumber": "4000002500003155"})
    await visit(api, bank, action="complete")
    customer = payer(api)
    invoice = api.posted("invoices", customer=customer, collection_method="send_invoice", days_until_due="7")["id"]
    api.posted("invoiceitems", customer=customer, invoice=invoice, amount="900", currency="usd")
    await visit(api, api.posted(f"invoices/{invoice}/finalize")["hosted_invoice_url"], action="pay", **CARD)
    api.posted("credit_notes", invoice=invoice, amount="300", refund_amount="300")
    other = await loaded(await control(api, "GET", "/export"))
    assert everything(other) == everything(api)
    assert [each["status"] for each in listed(other, "checkout/sessions")] == ["complete"] * 4
    assert other.get(f"/v1/invoices/{invoice}").body["post_payment_credit_notes_amount"] == 300


async def test_schedules_and_quotes_are_made_again() -> None:
    api = await frozen()
    tea, dear, customer = price(api, 1500, **MONTHLY), price(api, 2500, **MONTHLY), payer(api)
    subscription = api.posted("subscriptions", customer=customer, items=[{"price": tea}])["id"]
    api.posted("subscription_schedules", from_subscription=subscription)
    phases = [
        {"items": [{"price": tea}], "end_date": str(NOON + 20 * DAY)},
        {"items": [{"price": dear}], "duration": {"interval": "month", "interval_count": "2"}},
    ]
    api.posted("subscription_schedules", customer=customer, start_date="now", phases=phases)
    quote = api.posted("quotes", customer=customer, line_items=[{"price": tea}])["id"]
    api.posted(f"quotes/{quote}/finalize")
    api.posted(f"quotes/{quote}/accept")
    advance(api, 35 * DAY)
    assert api.delete(f"/v1/subscriptions/{subscription}?invoice_now=true&prorate=true").status == 200
    other = await loaded(await control(api, "GET", "/export"))
    assert everything(other) == everything(api)
    assert other.get(f"/v1/quotes/{quote}").body["status"] == "accepted"


async def test_an_id_that_time_makes_must_be_free() -> None:
    api = await frozen()
    customer = payer(api)
    api.posted("subscriptions", customer=customer, items=[{"price": price(api, 1500, **MONTHLY)}])
    advance(api, 32 * DAY)
    invoice = listed(api, "invoices", customer=customer)[0]
    document = await control(api, "GET", "/export")
    steps = [each for each in document["fixtures"] if each.get("_step")]
    response = await api.control("POST", "/seeds", {"_meta": {"template_version": 0}, "fixtures": steps})
    assert response.status_code == 400
    assert "The step elapse cannot have the id" in response.json()["error"]["message"]
    assert listed(api, "invoices", customer=customer)[0] == invoice
