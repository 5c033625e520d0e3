"""The journey of a marketplace: a destination charge, a partial refund, a separate charge with transfers, a direct charge.

Each step states the balances of the platform and of the seller to the cent.
"""

from __future__ import annotations

from typing import Any

import pytest

from .charges.shop import NOW, Shop
from .transfers.test_transfers import balance

DAY = 86_400
MISPLACED = (
    "Can only apply an application_fee_amount when the PaymentIntent is attempting a direct payment (using an OAuth key "
    "or Stripe-Account header) or destination payment (using `transfer_data[destination]`)."
)


@pytest.fixture
def shop() -> Shop:
    """A platform at a fixed time."""
    return Shop()


def pay(shop: Shop, account: str | None = None, **params: object) -> Any:
    """A confirmed payment of a customer with a card of the US, and its charge."""
    sent = {
        "amount": 10_000,
        "currency": "usd",
        "confirm": True,
        "payment_method": "pm_card_visa",
        "payment_method_types": ["card"],
        "capture_method": "automatic",
        "expand": ["latest_charge"],
        **params,
    }
    answer = shop.post("/v1/payment_intents", sent, stripe_account=account)
    assert (answer.status, answer.body.get("status")) == (200, "succeeded"), answer.body
    return answer.body


def all_money(shop: Shop, account: str | None = None) -> int:
    """The balance of an account in dollars, available and pending."""
    available, pending = balance(shop, account)
    return available.get("usd", 0) + pending.get("usd", 0)


def paid_out(shop: Shop, account: str | None = None) -> int:
    """The amount that was paid out to the bank of an account."""
    return sum(each["amount"] for each in shop.get("/v1/payouts?limit=100", stripe_account=account).body["data"])


def ledger(shop: Shop, account: str | None = None) -> list[tuple[str, int, int, int]]:
    """The balance transactions, oldest first: type, amount, fee and net."""
    found = shop.get("/v1/balance_transactions?limit=100", stripe_account=account).body["data"]
    return [(each["type"], each["amount"], each["fee"], each["net"]) for each in reversed(found)]


def test_a_marketplace_sells_refunds_and_shares(shop: Shop) -> None:
    seller, courier = shop.seller(), shop.seller()

    # A sale of 100.00: the seller gets it all and pays a fee of 12.00, the platform pays Stripe 2.9 % and 0.30.
    sale = pay(shop, transfer_data={"destination": seller}, application_fee_amount=1_200)
    assert sale["transfer_group"] == f"group_{sale['id']}"
    assert (all_money(shop), all_money(shop, seller)) == (1_200 - 320, 10_000 - 1_200)
    assert ledger(shop) == [
        ("charge", 10_000, 320, 9_680),
        ("transfer", -10_000, 0, -10_000),
        ("application_fee", 1_200, 0, 1_200),
    ]
    assert ledger(shop, seller) == [("payment", 10_000, 1_200, 8_800)]

    # A quarter of it goes back, from the seller, with a quarter of the fee. Stripe's own fee stays with Stripe.
    refund = shop.post(
        "/v1/refunds",
        {"payment_intent": sale["id"], "amount": 2_500, "reverse_transfer": True, "refund_application_fee": True},
    ).body
    assert (refund["charge"], refund["payment_intent"]) == (sale["latest_charge"]["id"], sale["id"])
    assert (all_money(shop), all_money(shop, seller)) == (880 - 300, 8_800 - 2_500 + 300)
    assert ledger(shop)[3:] == [
        ("application_fee_refund", -300, 0, -300),
        ("transfer_refund", 2_500, 0, 2_500),
        ("refund", -2_500, 0, -2_500),
    ]
    assert ledger(shop, seller)[1:] == [("payment_refund", -2_500, -300, -2_200)]

    # A sale of 50.00 on the platform, shared between the seller and the courier once it is paid.
    shared = pay(shop, amount=5_000, transfer_group="order-6735")
    for account, amount in ((seller, 4_000), (courier, 600)):
        sent = {
            "amount": amount,
            "currency": "usd",
            "destination": account,
            "source_transaction": shared["latest_charge"]["id"],
        }
        assert shop.post("/v1/transfers", sent).body["transfer_group"] == "order-6735"
    assert all_money(shop) == 580 + 5_000 - 175 - 4_600
    assert (all_money(shop, seller), all_money(shop, courier)) == (6_600 + 4_000, 600)

    # The seller sells 20.00 by itself, and the platform takes 1.00.
    direct = pay(shop, seller, amount=2_000, application_fee_amount=100)
    assert direct["latest_charge"]["application"] == shop.sandbox.client_id
    assert (all_money(shop), all_money(shop, seller)) == (805 + 100, 10_600 + 2_000 - 88 - 100)

    # Nothing is available yet; after their delay the sellers are paid out, and the platform keeps what it has.
    assert balance(shop)[0] == balance(shop, seller)[0] == {"usd": 0}
    shop.sandbox.clock.set(NOW + 10 * DAY)
    assert (all_money(shop), all_money(shop, seller), all_money(shop, courier)) == (905, 0, 0)
    assert (paid_out(shop), paid_out(shop, seller), paid_out(shop, courier)) == (0, 12_412, 600)


def test_the_payments_of_a_group_are_found_together(shop: Shop) -> None:
    seller = shop.seller()
    sale = pay(shop, transfer_group="order-6735")
    shop.post(
        "/v1/transfers",
        {
            "amount": 4_000,
            "currency": "usd",
            "destination": seller,
            "source_transaction": sale["latest_charge"]["id"],
        },
    )
    [charge] = shop.get("/v1/charges?transfer_group=order-6735").body["data"]
    [transfer] = shop.get("/v1/transfers?transfer_group=order-6735").body["data"]
    assert (charge["payment_intent"], transfer["source_transaction"]) == (sale["id"], charge["id"])


def test_an_asynchronous_payment_can_be_shared_and_refunded_at_once(shop: Shop) -> None:
    seller = shop.seller()
    sale = pay(shop, capture_method="automatic_async", transfer_data={"destination": seller})
    charge = sale["latest_charge"]
    assert (charge["balance_transaction"], charge.get("transfer")) == (None, None)
    shop.post("/v1/refunds", {"charge": charge["id"], "amount": 4_000, "reverse_transfer": True})
    assert all_money(shop, seller) == 6_000
    shop.sandbox.clock.set(NOW + 60)
    shown = shop.get(f"/v1/charges/{charge['id']}?expand[]=transfer").body
    assert (shown["transfer"]["amount_reversed"], shown["amount_refunded"]) == (4_000, 4_000)


@pytest.mark.parametrize(
    ("params", "code", "param", "message"),
    [
        (
            {"application_fee_amount": 100},
            "parameter_missing",
            "application_fee_amount",
            MISPLACED,
        ),
        (
            {"transfer_data": {"destination": "000000005"}},
            "resource_missing",
            "transfer_data[destination]",
            "No such destination: '000000005'",
        ),
        ({"on_behalf_of": "acct_unknown"}, "resource_missing", "on_behalf_of", "No such on_behalf_of: 'acct_unknown'"),
    ],
)
def test_terms_that_no_account_meets_are_refused(
    shop: Shop, params: dict[str, object], code: str, param: str, message: str
) -> None:
    answer = shop.post("/v1/payment_intents", {"amount": 1_000, "currency": "usd", **params})
    assert (answer.status, answer.error["code"], answer.error["param"], answer.error["message"]) == (
        400,
        code,
        param,
        message,
    )


def test_terms_that_exceed_the_payment_are_refused(shop: Shop) -> None:
    seller = shop.seller()
    for params, param in (
        ({"application_fee_amount": 1_001, "transfer_data": {"destination": seller}}, "application_fee_amount"),
        ({"transfer_data": {"destination": seller, "amount": 1_001}}, "transfer_data[amount]"),
        (
            {"application_fee_amount": 100, "transfer_data": {"destination": seller, "amount": 900}},
            "transfer_data[amount]",
        ),
    ):
        answer = shop.post("/v1/payment_intents", {"amount": 1_000, "currency": "usd", **params})
        assert (answer.status, answer.error["param"]) == (400, param)


def test_an_account_that_cannot_receive_or_take_cards_is_no_party(shop: Shop) -> None:
    account = shop.account(type="custom", country="US", capabilities={"transfers": {"requested": True}})
    sent = {"amount": 1_000, "currency": "usd"}
    answer = shop.post("/v1/payment_intents", {**sent, "transfer_data": {"destination": account}})
    assert (answer.status, answer.error["code"]) == (400, "insufficient_capabilities_for_transfer")


def test_a_charge_needs_an_account_that_takes_cards(shop: Shop) -> None:
    account = shop.account(
        type="express",
        country="US",
        capabilities={"transfers": {"requested": True}, "card_payments": {"requested": True}},
    )
    sent = {
        "amount": 1_000,
        "currency": "usd",
        "payment_method": "pm_card_visa",
        "payment_method_types": ["card"],
    }
    direct = shop.post("/v1/payment_intents", sent, stripe_account=account).body
    answer = shop.post(f"/v1/payment_intents/{direct['id']}/confirm", stripe_account=account)
    assert (answer.status, answer.error["message"]) == (
        400,
        "You cannot create a charge on a connected account without the `card_payments` capability enabled.",
    )
    behalf = shop.post("/v1/payment_intents", {**sent, "on_behalf_of": account}).body
    answer = shop.post(f"/v1/payment_intents/{behalf['id']}/confirm")
    assert answer.status == 400
    assert answer.error["message"] == (
        "You cannot create a charge with the `on_behalf_of` parameter set to a connected account without the "
        "`card_payments` capability enabled."
    )
    assert shop.get("/v1/charges").body["data"] == []


def test_a_standard_account_takes_test_payments_before_it_is_activated(shop: Shop) -> None:
    account = shop.account(type="standard", country="US")
    assert shop.get(f"/v1/accounts/{account}").body["charges_enabled"] is False
    assert pay(shop, account)["latest_charge"]["paid"]


def test_a_charge_across_regions_settles_on_its_account(shop: Shop) -> None:
    account = shop.account(type="standard", country="JP")
    sent = {"amount": 1_000, "currency": "usd", "transfer_data": {"destination": account}}
    answer = shop.post("/v1/payment_intents", sent)
    assert answer.status == 400
    assert answer.error["message"].startswith(
        "Cannot create a destination charge for connected accounts in JP because funds would be settled on the platform "
        "and the connected account is outside the platform's region. You may use the `on_behalf_of` parameter"
    )
    assert shop.post("/v1/payment_intents", {**sent, "on_behalf_of": account}).status == 200


def test_refunds_of_payment_intents_that_nobody_paid(shop: Shop) -> None:
    new = shop.post("/v1/payment_intents", {"amount": 1_000, "currency": "usd"}).body
    answer = shop.post("/v1/refunds", {"payment_intent": new["id"]})
    assert (answer.status, answer.error["message"]) == (
        400,
        f"This PaymentIntent ({new['id']}) does not have a successful charge to refund.",
    )
    held = shop.post(
        "/v1/payment_intents",
        {
            "amount": 1_000,
            "currency": "usd",
            "confirm": True,
            "payment_method": "pm_card_visa",
            "payment_method_types": ["card"],
            "capture_method": "manual",
        },
    ).body
    answer = shop.post("/v1/refunds", {"payment_intent": held["id"]})
    assert (answer.status, answer.error) == (
        400,
        {
            "message": f"This uncaptured Charge was created by a PaymentIntent ({held['id']}). You must cancel the "
            "PaymentIntent to reverse the authorization instead of refunding the Charge directly. For more "
            "information, see https://stripe.com/docs/payments/place-a-hold-on-a-payment-method",
            "type": "invalid_request_error",
        },
    )
    answer = shop.post("/v1/refunds", {"payment_intent": "pi_unknown"})
    assert (answer.status, answer.error["message"], answer.error["param"]) == (
        404,
        "No such payment_intent: 'pi_unknown'",
        "intent",
    )


def test_disputed_payments_cannot_be_refunded_but_inquiries_can(shop: Shop) -> None:
    disputed = pay(shop, payment_method="pm_card_createDispute")["latest_charge"]["id"]
    answer = shop.post("/v1/refunds", {"charge": disputed})
    assert (answer.status, answer.error["code"], answer.error["message"]) == (
        400,
        "charge_disputed",
        f"Charge {disputed} has been charged back; cannot issue a refund.",
    )
    inquired = pay(shop, payment_method="pm_card_createDisputeInquiry")["latest_charge"]["id"]
    assert shop.post("/v1/refunds", {"charge": inquired}).status == 200
