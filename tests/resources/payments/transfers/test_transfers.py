"""`/v1/transfers`: from the balance and from charges, the payment on the account, and the refusals."""

from __future__ import annotations

from typing import Any

import pytest

from ..charges.shop import ABLE, NOW, Shop
from ..charges.test_connect import CANADA


def transfer(shop: Shop, account: str, *, payer: str | None = None, **params: object) -> Any:
    answer = shop.post(
        "/v1/transfers", {"amount": 1_000, "currency": "usd", "destination": account, **params}, stripe_account=payer
    )
    assert answer.status == 200, answer.body
    return answer.body


def refused(shop: Shop, account: str, **params: object) -> tuple[int, dict[str, str]]:
    answer = shop.post("/v1/transfers", {"amount": 1_000, "currency": "usd", "destination": account, **params})
    return answer.status, {name: answer.error[name] for name in ("code", "message", "param") if name in answer.error}


def balance(shop: Shop, account: str | None = None) -> tuple[dict[str, int], dict[str, int]]:
    """The available and the pending amounts, by currency."""
    body = shop.get("/v1/balance", stripe_account=account).body
    available, pending = (
        {each["currency"]: each["amount"] for each in body[name]} for name in ("available", "pending")
    )
    return available, pending


def test_a_transfer_shows_every_key(shop: Shop) -> None:
    account = shop.seller()
    made = transfer(shop, account, description="Order 6735", metadata={"b": "2", "a": "1"}, transfer_group="order")
    assert made == {
        "id": made["id"],
        "object": "transfer",
        "amount": 1_000,
        "amount_reversed": 0,
        "balance_transaction": made["balance_transaction"],
        "created": NOW,
        "currency": "usd",
        "description": "Order 6735",
        "destination": account,
        "destination_payment": made["destination_payment"],
        "livemode": False,
        "metadata": {"a": "1", "b": "2"},
        "reversals": {
            "object": "list",
            "data": [],
            "has_more": False,
            "total_count": 0,
            "url": f"/v1/transfers/{made['id']}/reversals",
        },
        "reversed": False,
        "source_transaction": None,
        "source_type": "card",
        "transfer_group": "order",
    }
    assert made["id"].startswith("tr_1")
    assert shop.get(f"/v1/transfers/{made['id']}").body == made
    assert shop.transaction(made["balance_transaction"]) == {
        "id": made["balance_transaction"],
        "object": "balance_transaction",
        "amount": -1_000,
        "available_on": NOW,
        "balance_type": "payments",
        "created": NOW,
        "currency": "usd",
        "description": "Order 6735",
        "exchange_rate": None,
        "fee": 0,
        "fee_details": [],
        "net": -1_000,
        "reporting_category": "transfer",
        "source": made["id"],
        "status": "available",
        "type": "transfer",
    }


def test_the_account_receives_a_payment(shop: Shop) -> None:
    account = shop.seller()
    made = transfer(shop, account)
    payment = shop.get(f"/v1/charges/{made['destination_payment']}", stripe_account=account).body
    url = payment.pop("receipt_url")
    assert url.startswith("https://pay.stripe.com/receipts/payment/CAcaFwoVYWNjdF8")
    assert payment == {
        "id": made["destination_payment"],
        "object": "charge",
        "amount": 1_000,
        "amount_captured": 1_000,
        "amount_refunded": 0,
        "application": shop.sandbox.client_id,
        "application_fee": None,
        "application_fee_amount": None,
        "balance_transaction": payment["balance_transaction"],
        "billing_details": {
            "address": {
                "city": None,
                "country": None,
                "line1": None,
                "line2": None,
                "postal_code": None,
                "state": None,
            },
            "email": None,
            "name": None,
            "phone": None,
            "tax_id": None,
        },
        "calculated_statement_descriptor": None,
        "captured": True,
        "created": NOW,
        "currency": "usd",
        "customer": None,
        "description": None,
        "destination": None,
        "dispute": None,
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "fraud_details": {},
        "livemode": False,
        "metadata": {},
        "on_behalf_of": None,
        "order": None,
        "outcome": None,
        "paid": True,
        "payment_intent": None,
        "payment_method": None,
        "payment_method_details": {"stripe_account": {}, "type": "stripe_account"},
        "receipt_email": None,
        "receipt_number": None,
        "refunded": False,
        "review": None,
        "shipping": None,
        "source": {
            "id": shop.sandbox.platform_id,
            "object": "account",
            "application_icon": None,
            "application_logo": None,
            "application_name": "Platform",
            "application_url": None,
        },
        "source_transfer": made["id"],
        "statement_descriptor": None,
        "statement_descriptor_suffix": None,
        "status": "succeeded",
        "transfer_data": None,
        "transfer_group": None,
    }
    transaction = shop.transaction(payment["balance_transaction"], account)
    assert {name: transaction[name] for name in ("amount", "fee", "status", "type", "reporting_category")} == {
        "amount": 1_000,
        "fee": 0,
        "status": "available",
        "type": "payment",
        "reporting_category": "charge",
    }
    assert balance(shop, account) == ({"usd": 1_000}, {"usd": 0})
    assert balance(shop) == ({"usd": 97_070 - 1_000}, {"usd": 0})


def test_the_events_of_a_transfer_and_of_its_changes(shop: Shop) -> None:
    account = shop.seller()
    platform, own = len(shop.event_types()), len(shop.event_types(account=account))
    made = transfer(shop, account)
    path = f"/v1/transfers/{made['id']}"
    assert shop.post(path, {"metadata": {"order": "6735"}, "description": "Tickets"}).body["metadata"] == {
        "order": "6735"
    }
    shop.post(path, {"metadata": {"order": "6735"}})
    assert shop.event_types()[platform:] == ["transfer.created", "transfer.updated"]
    assert shop.event_types(account=account)[own:] == ["payment.created", "balance.available"]


def test_endpoints_for_accounts_receive_the_payment_and_those_for_the_platform_the_transfer(shop: Shop) -> None:
    account = shop.seller()
    for connect in (False, True):
        shop.post("/v1/webhook_endpoints", {"url": "https://shop.example", "enabled_events": ["*"], "connect": connect})
    transfer(shop, account)
    newest = shop.get("/v1/events?limit=1").body["data"][0]
    own = shop.get("/v1/events?limit=1&type=payment.created", stripe_account=account).body["data"][0]
    assert (newest["type"], newest["pending_webhooks"]) == ("transfer.created", 1)
    assert (own["type"], own["pending_webhooks"]) == ("payment.created", 1)


def test_transfers_are_listed_by_destination_group_and_time(shop: Shop) -> None:
    first, second = shop.seller(), shop.seller()
    a = transfer(shop, first, transfer_group="tour")
    b = transfer(shop, second)
    c = transfer(shop, second, transfer_group="tour")

    def listed(query: str = "") -> list[str]:
        return [each["id"] for each in shop.get(f"/v1/transfers{query}").body["data"]]

    assert listed() == [c["id"], b["id"], a["id"]]
    assert listed(f"?destination={second}") == [c["id"], b["id"]]
    assert listed("?transfer_group=tour") == [c["id"], a["id"]]
    assert listed(f"?created[lt]={NOW}") == []
    assert shop.get("/v1/transfers", stripe_account=first).body["data"] == []


def test_a_platform_expands_the_payment_on_the_account(shop: Shop) -> None:
    account = shop.seller()
    made = transfer(shop, account, expand=["balance_transaction", "destination", "destination_payment"])
    assert made["balance_transaction"]["source"] == made["id"]
    assert made["destination"]["id"] == account
    assert made["destination_payment"]["source_transfer"] == made["id"]
    payment = shop.get(
        f"/v1/charges/{made['destination_payment']['id']}?expand[]=source_transfer", stripe_account=account
    ).body
    assert payment["source_transfer"]["id"] == made["id"]


def test_an_account_pays_its_platform_but_no_other_account(shop: Shop) -> None:
    account, other = shop.seller(), shop.seller()
    transfer(shop, account)
    back = transfer(shop, shop.sandbox.platform_id, payer=account, amount=400)
    payment = shop.get(f"/v1/charges/{back['destination_payment']}").body
    assert (payment["source"]["id"], payment["application"]) == (account, None)
    assert balance(shop, account) == ({"usd": 600}, {"usd": 0})
    assert balance(shop) == ({"usd": 97_070 - 600}, {"usd": 0})
    answer = shop.post(
        "/v1/transfers", {"amount": 100, "currency": "usd", "destination": other}, stripe_account=account
    )
    assert (answer.status, answer.error["message"]) == (400, f"No such destination: '{other}'")


# --- from a charge ------------------------------------------------------------------------------------------------


def test_a_transfer_from_a_charge_waits_for_its_money(shop: Shop) -> None:
    account = shop.seller()
    charge = shop.charge(amount=5_000)
    before = len(shop.event_types())
    first = transfer(shop, account, amount=4_000, source_transaction=charge["id"])
    assert shop.event_types()[before:] == ["transfer.created"]
    assert (first["source_transaction"], first["transfer_group"]) == (charge["id"], f"group_{charge['id']}")
    assert first["id"][3:20] == charge["id"][3:20]
    assert first["balance_transaction"][4:21] == charge["id"][3:20]
    assert shop.get(f"/v1/charges/{charge['id']}").body["transfer_group"] == f"group_{charge['id']}"
    payment = shop.get(f"/v1/charges/{first['destination_payment']}", stripe_account=account).body
    assert (
        shop.transaction(payment["balance_transaction"], account)["available_on"]
        == shop.transaction(charge["balance_transaction"])["available_on"]
    )
    assert balance(shop, account) == ({"usd": 0}, {"usd": 4_000})
    assert balance(shop) == ({"usd": 97_070}, {"usd": 5_000 - 175 - 4_000})


def test_transfers_from_a_charge_share_its_group(shop: Shop) -> None:
    account = shop.seller()
    charge = shop.charge(amount=5_000, transfer_group="tour")
    assert transfer(shop, account, source_transaction=charge["id"])["transfer_group"] == "tour"


def test_transfers_never_exceed_their_charge(shop: Shop) -> None:
    account = shop.seller()
    charge = shop.charge(amount=480)
    rule = "Transfers using this transaction as a source must not exceed the source amount of $4.80."
    assert refused(shop, account, amount=481, source_transaction=charge["id"]) == (400, {"message": rule})
    transfer(shop, account, amount=408, source_transaction=charge["id"])
    assert refused(shop, account, amount=73, source_transaction=charge["id"]) == (
        400,
        {"message": f"{rule} (There is already a transfer using this source, amounting to $4.08.)"},
    )
    transfer(shop, account, amount=72, source_transaction=charge["id"])
    assert refused(shop, account, amount=1, source_transaction=charge["id"]) == (
        400,
        {"message": f"{rule} (There are already 2 transfers using this source, amounting to $4.80.)"},
    )


def test_a_destination_charge_has_nothing_left_to_transfer(shop: Shop) -> None:
    account = shop.seller()
    charge = shop.charge(amount=480, transfer_data={"destination": account})
    assert refused(shop, account, amount=1, source_transaction=charge["id"])[1]["message"].endswith(
        "(There is already a transfer using this source, amounting to $4.80.)"
    )


def test_charges_that_cannot_be_a_source(shop: Shop) -> None:
    account = shop.seller()
    assert refused(shop, account, source_transaction="ch_unknown") == (
        400,
        {"code": "resource_missing", "message": "No such charge: 'ch_unknown'", "param": "source_transaction"},
    )
    held = shop.charge(capture=False)
    assert refused(shop, account, source_transaction=held["id"]) == (
        400,
        {
            "message": f"The charge {held['id']} cannot be used as a source of transfers because it has not been paid.",
            "param": "source_transaction",
        },
    )
    paid = shop.charge()
    assert refused(shop, account, source_transaction=paid["id"], currency="eur") == (
        400,
        {
            "message": "The currency of source_transaction's balance transaction (usd) must be the same as the transfer "
            "currency (eur)"
        },
    )


def test_a_transfer_from_a_converted_charge_is_in_the_currency_in_which_it_settled(shop: Shop) -> None:
    account = shop.seller()
    charge = shop.charge(amount=1_000, currency="eur")
    settled = shop.transaction(charge["balance_transaction"])
    assert (settled["amount"], settled["currency"]) == (1_153, "usd")
    assert refused(shop, account, amount=1_154, source_transaction=charge["id"])[1]["message"] == (
        "Transfers using this transaction as a source must not exceed the source amount of $11.53."
    )
    assert transfer(shop, account, amount=1_153, source_transaction=charge["id"])["currency"] == "usd"


# --- currencies and borders ---------------------------------------------------------------------------------------


def test_an_account_of_another_currency_receives_it_converted(shop: Shop) -> None:
    account = shop.seller(**CANADA)
    made = transfer(shop, account)
    payment = shop.get(f"/v1/charges/{made['destination_payment']}", stripe_account=account).body
    assert (payment["amount"], payment["currency"]) == (1_000, "usd")
    transaction = shop.transaction(payment["balance_transaction"], account)
    assert (transaction["amount"], transaction["currency"], transaction["exchange_rate"], transaction["fee"]) == (
        1_399,
        "cad",
        1.3985,
        0,
    )
    assert balance(shop, account) == ({"cad": 1_399}, {"cad": 0})


def test_accounts_abroad_are_paid_as_recipients_alone(shop: Shop) -> None:
    assert refused(shop, shop.account(type="standard", country="JP")) == (
        400,
        {
            "code": "transfers_not_allowed",
            "message": "Funds can't be sent to accounts located in JP when the account is under the `full` service "
            "agreement. To learn more, see https://stripe.com/docs/connect/service-agreement-types.",
        },
    )


def test_platforms_of_other_regions_pay_their_own_country() -> None:
    shop = Shop(platform_country="AU")
    shop.charge(amount=100_000, currency="aud", source="tok_bypassPending")
    home, abroad = shop.account(type="standard", country="AU"), shop.account(type="standard", country="US")
    assert transfer(shop, home, currency="aud")["destination"] == home
    assert refused(shop, abroad, currency="aud") == (
        400,
        {
            "code": "transfers_not_allowed",
            "message": "Funds can't be sent to accounts located in US because it's restricted outside of your "
            "platform's region. Learn more here: "
            "https://stripe.com/docs/connect/account-capabilities#transfers-cross-border",
        },
    )


def test_recipients_are_paid_across_borders(shop: Shop) -> None:
    account = shop.seller(
        country="KR",
        capabilities={"transfers": {"requested": True}},
        tos_acceptance={"date": NOW, "ip": "8.8.8.8", "service_agreement": "recipient"},
        individual={
            **ABLE["individual"],  # type: ignore[dict-item]
            "address": {"line1": "address_full_match", "city": "Seoul", "postal_code": "04524"},
        },
        external_account=None,
    )
    transfer(shop, account)
    assert balance(shop, account) == ({"krw": 13_900}, {"krw": 0})


# --- refusals -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        (
            {"amount": None},
            {"code": "parameter_missing", "message": "Missing required param: amount.", "param": "amount"},
        ),
        (
            {"amount": 0},
            {
                "code": "parameter_invalid_integer",
                "message": "This value must be greater than or equal to 1.",
                "param": "amount",
            },
        ),
        (
            {"amount": 97_071},
            {
                "code": "balance_insufficient",
                "message": "You have insufficient available funds in your Stripe account. Try adding funds directly to "
                "your available balance by creating Charges using the 4000000000000077 test card. See: "
                "https://stripe.com/docs/testing#available-balance",
            },
        ),
        (
            {"currency": "eur"},
            {
                "code": "balance_insufficient",
                "message": "You have insufficient available funds in your Stripe account. Try adding funds directly to "
                "your available balance by creating Charges using the 4000000000000077 test card. See: "
                "https://stripe.com/docs/testing#available-balance",
            },
        ),
        (
            {"destination": "acct_unknown"},
            {"code": "resource_missing", "message": "No such destination: 'acct_unknown'", "param": "destination"},
        ),
    ],
)
def test_a_transfer_that_is_refused_moves_nothing(
    shop: Shop, params: dict[str, object], expected: dict[str, str]
) -> None:
    account = shop.seller()
    sent = {"amount": 1_000, "currency": "usd", "destination": account, **params}
    answer = shop.post("/v1/transfers", {name: value for name, value in sent.items() if value is not None})
    assert answer.status == 400
    assert {name: value for name, value in answer.error.items() if name not in ("doc_url", "type")} == expected
    assert balance(shop) == ({"usd": 97_070}, {"usd": 0})
    assert shop.get("/v1/transfers").body["data"] == []


def test_pending_money_cannot_be_transferred(shop: Shop) -> None:
    account = shop.seller()
    shop.charge(amount=50_000)
    assert refused(shop, account, amount=97_071)[1]["code"] == "balance_insufficient"


def test_an_account_without_active_transfers_is_refused(shop: Shop) -> None:
    account = shop.account(type="custom", country="US", capabilities={"transfers": {"requested": True}})
    assert refused(shop, account) == (
        400,
        {
            "code": "insufficient_capabilities_for_transfer",
            "message": "Your destination account needs to have at least one of the following capabilities enabled: "
            "transfers, crypto_transfers, legacy_payments",
        },
    )


def test_a_standard_account_is_paid_without_any_detail(shop: Shop) -> None:
    assert transfer(shop, shop.account(type="standard", country="US"))["amount"] == 1_000


def test_a_transfer_that_nobody_made_is_not_found(shop: Shop) -> None:
    answer = shop.get("/v1/transfers/tr_unknown")
    assert (answer.status, answer.error) == (
        404,
        {
            "code": "resource_missing",
            "doc_url": "https://stripe.com/docs/error-codes/resource-missing",
            "message": "No such transfer: 'tr_unknown'",
            "param": "transfer",
            "type": "invalid_request_error",
        },
    )
