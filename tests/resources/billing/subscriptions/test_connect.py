"""Subscriptions with Connect: those of connected accounts, and those whose payments are for one."""

from __future__ import annotations

from typing import Any

from ...money.tills import Till

MONTHLY = {
    "currency": "usd",
    "unit_amount": "1000",
    "recurring": {"interval": "month"},
    "product_data": {"name": "Tea"},
}


def subscribed(till: Till, account: str | None = None, **params: Any) -> Any:
    api = till.api.sending(stripe_account=account) if account else till.api
    customer = api.posted("customers")["id"]
    card = api.posted("payment_methods/pm_card_visa/attach", customer=customer)["id"]
    items = [{"price": api.posted("prices", **MONTHLY)["id"]}]
    return api.posted("subscriptions", customer=customer, items=items, default_payment_method=card, **params)


def charges(till: Till, account: str | None = None) -> list[Any]:
    return list(till.api.get("/v1/charges", stripe_account=account).body["data"])


def test_a_share_of_each_payment_of_a_connected_account_is_the_fee_of_its_platform() -> None:
    till = Till()
    seller = till.seller()
    one = subscribed(till, seller, application_fee_percent="10")
    assert one["application"] == till.sandbox.client_id
    till.pass_time(31 * 86_400)
    assert [charge["application_fee_amount"] for charge in charges(till, seller)] == [100, 100]
    invoice = till.api.get(f"/v1/invoices/{one['latest_invoice']}", stripe_account=seller).body
    assert invoice["application"] == till.sandbox.client_id


def test_a_share_of_each_payment_is_transferred() -> None:
    till = Till()
    seller = till.seller()
    one = subscribed(till, transfer_data={"destination": seller, "amount_percent": "25"})
    assert one["transfer_data"] == {"amount_percent": 25.0, "destination": seller}
    till.pass_time(31 * 86_400)
    transfers = till.api.get("/v1/transfers").body["data"]
    assert [(each["amount"], each["destination"]) for each in transfers] == [(250, seller), (250, seller)]


def test_all_of_each_payment_is_transferred_but_the_fee() -> None:
    till = Till()
    seller = till.seller()
    subscribed(till, transfer_data={"destination": seller}, application_fee_percent="10", on_behalf_of=seller)
    [charge] = charges(till)
    assert (charge["on_behalf_of"], charge["application_fee_amount"], charge["transfer_data"]["destination"]) == (
        seller,
        100,
        seller,
    )
