"""Components show the payments, disputes, balances and payouts of an account, and its owner acts on them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ..chromium import wait_until
from .pages import Platform, logged
from .test_editing import opened


def seller(platform: Platform, *capabilities: str) -> str:
    """The account of the page, onboarded, with a bank account."""
    requested = ("card_payments", "transfers", *capabilities)
    account = platform.handle.create_account(
        type="custom", country="US", capabilities={name: {"requested": True} for name in requested}
    )
    platform.account = str(account["id"])
    platform.handle.complete_onboarding(platform.account)
    return platform.account


def charged(platform: Platform, source: str = "tok_visa", **params: Any) -> str:
    sent = {"amount": 2_000, "currency": "usd", "source": source, **params}
    return platform.handle.client.v1.charges.create(sent, {"stripe_account": platform.account}).id  # type: ignore[arg-type]


def charge(platform: Platform, identifier: str) -> Any:
    return platform.handle.client.v1.charges.retrieve(identifier, None, {"stripe_account": platform.account})


def test_a_payment_is_refunded_in_part_and_then_whole(platform: Platform) -> None:
    seller(platform)
    paid = charged(platform, description="A <b>chair</b>")
    shown = opened(platform, "payments", {"refund_management": True})
    row = shown.locator(f"[data-item={paid}]")
    assert row.inner_text().split("\n")[0] == "$20.00"
    assert row.get_by_text("A <b>chair</b>").count() == 1
    row.get_by_label(f"Amount to refund of {paid}").fill("5.50")
    row.get_by_role("button", name="Refund").click()
    shown.locator(f"[data-item={paid}][data-status='partially refunded']").wait_for()
    assert charge(platform, paid).amount_refunded == 550
    row.get_by_role("button", name="Refund").click()
    shown.locator(f"[data-item={paid}][data-status=refunded]").wait_for()
    assert (charge(platform, paid).refunded, row.get_by_role("button").count()) == (True, 0)


def test_a_refund_that_stripe_refuses_says_why(platform: Platform) -> None:
    seller(platform)
    paid = charged(platform)
    shown = opened(platform, "payments", {"refund_management": True})
    for amount, why in (
        ("21", "Refund amount ($21.00) is greater than charge amount ($20.00)"),
        ("x", "x is not an amount."),
        ("", "An empty field is not an amount."),
    ):
        shown.get_by_label(f"Amount to refund of {paid}").fill(amount)
        shown.get_by_role("button", name="Refund").click()
        shown.get_by_role("alert").get_by_text(why).wait_for()
    assert charge(platform, paid).amount_refunded == 0


def test_a_hold_is_captured(platform: Platform) -> None:
    seller(platform)
    held = charged(platform, capture=False)
    shown = opened(platform, "payments", {"capture_payments": True})
    shown.locator(f"[data-item={held}][data-status=uncaptured]").get_by_role("button", name="Capture").click()
    shown.locator(f"[data-item={held}][data-status=succeeded]").wait_for()
    assert charge(platform, held).captured


def test_features_that_are_off_show_no_action(platform: Platform) -> None:
    seller(platform)
    charged(platform)
    charged(platform, capture=False)
    off = {"refund_management": False, "capture_payments": False, "dispute_management": False}
    shown = opened(platform, "payments", off)
    assert shown.locator("[data-item]").count() == 2
    assert shown.locator("[data-item]").get_by_role("button").count() == 0


@pytest.mark.parametrize("name", ["disputes-list", "payments"])
@pytest.mark.parametrize(("button", "status"), [("Submit evidence", "under_review"), ("Accept the dispute", "lost")])
def test_an_owner_answers_a_dispute(platform: Platform, button: str, status: str, name: str) -> None:
    seller(platform)
    charged(platform, "tok_createDispute")
    shown = opened(platform, name, {"dispute_management": True})
    shown.get_by_role("textbox").fill("The customer has the chair.")
    shown.get_by_role("button", name=button).click()
    shown.get_by_text("Done.").wait_for()
    (dispute,) = platform.handle.client.v1.disputes.list({}, {"stripe_account": platform.account}).data
    assert dispute.status == status


def test_the_page_of_a_payment_names_it(platform: Platform) -> None:
    seller(platform)
    paid = charged(platform, "tok_createDisputeInquiry")
    charged(platform)
    shown = opened(
        platform, "payment-details", None, f'setPayment: "{paid}", setOnClose: (what) => calls.push(["close", what])'
    )
    shown.locator(f"[data-item={paid}]").wait_for()
    assert [row.get_attribute("data-status") for row in shown.locator("[data-item]").all()] == [
        "disputed",
        "warning_needs_response",
    ]


def test_the_disputes_of_a_payment_are_counted(platform: Platform) -> None:
    seller(platform)
    paid = charged(platform, "tok_createDispute")
    opened(
        platform,
        "payment-disputes",
        None,
        f'setPayment: "{paid}", setOnDisputesLoaded: (what) => calls.push(["loaded", what])',
    )
    page = platform.context.pages[-1]
    wait_until(page, 'calls.some(([what]) => what === "loaded")')
    assert logged(page)[-1] == ["loaded", {"total": 1}]


def test_a_balance_is_paid_out(platform: Platform) -> None:
    seller(platform)
    platform.handle.set_balance(10_000, account=platform.account)
    shown = opened(platform, "payouts", {"standard_payouts": True})
    shown.get_by_label("Amount to pay out of usd").fill("60")
    shown.get_by_role("button", name="Pay out").click()
    shown.locator("[data-item=usd]").get_by_text("$40.00").wait_for()
    (payout,) = platform.handle.client.v1.payouts.list({}, {"stripe_account": platform.account}).data
    assert (payout.amount, payout.method) == (6_000, "standard")
    assert shown.locator(f"[data-item={payout.id}]").get_attribute("data-status") == "pending"


def test_a_promotion_pays_out_instantly_and_tells_the_page(platform: Platform) -> None:
    seller(platform)
    platform.handle.set_balance(10_000, account=platform.account)
    shown = opened(
        platform,
        "instant-payouts-promotion",
        {"instant_payouts": True},
        'setOnInstantPayoutsPromotionLoaded: (what) => calls.push(["loaded", what]), setOnInstantPayoutCreated: (what) => calls.push(["created", what])',
    )
    shown.get_by_role("button", name="Pay out instantly: usd").click()
    shown.get_by_text("Done.").wait_for()
    page = platform.context.pages[-1]
    (payout,) = platform.handle.client.v1.payouts.list({}, {"stripe_account": platform.account}).data
    assert payout.method == "instant"
    assert logged(page)[-2:] == [["loaded", {"promotionShown": True}], ["created", {"payoutId": payout.id}]]


def test_a_component_follows_what_the_platform_does(platform: Platform) -> None:
    seller(platform)
    shown = opened(platform, "payments")
    shown.get_by_text("No payments yet.").wait_for()
    paid = charged(platform)
    shown.locator(f"[data-item={paid}]").wait_for()


def test_on_a_phone_ids_have_a_line_of_their_own_and_an_empty_banner_takes_no_room(platform: Platform) -> None:
    seller(platform)
    charged(platform)
    shown = opened(platform, "payments", {"refund_management": True})
    shown.page.set_viewport_size({"width": 390, "height": 800})
    about = shown.locator(".sce-items .sce-grow").first
    assert about.evaluate("node => node.offsetHeight") <= 45  # two lines
    platform.handle.complete_onboarding(platform.account)
    banner = opened(platform, "notification-banner")
    assert banner.get_by_text("No notifications.").count() == 1
    assert banner.evaluate("node => node.offsetHeight") == 0


def sent(platform: Platform, path: str, **params: Any) -> Any:
    """The response to a request of the account."""
    options: Any = {"stripe_account": platform.account}
    return platform.handle.client.raw_request("post", f"/v1/{path}", **params, **options).data


def registered(platform: Platform) -> str:
    us = {"type": "state_sales_tax", "state": "CA"}
    return str(sent(platform, "tax/registrations", country="US", country_options={"us": us}, active_from="now")["id"])


def issued(platform: Platform) -> str:
    home = {"line1": "1 Main St", "city": "Springfield", "country": "US", "postal_code": "12345", "state": "OR"}
    holder = sent(platform, "issuing/cardholders", name="Jenny", type="individual", billing={"address": home})["id"]
    return str(sent(platform, "issuing/cards", cardholder=holder, currency="usd", type="virtual")["id"])


def opened_account(platform: Platform) -> str:
    return str(sent(platform, "treasury/financial_accounts", supported_currencies=["usd"])["id"])


@pytest.mark.parametrize(
    ("name", "empty", "make", "shown"),
    [
        (
            "tax-registrations",
            "No tax registrations yet.",
            registered,
            ["United States", "Active", "state sales tax · CA"],
        ),
        ("issuing-cards-list", "No issuing cards yet.", issued, ["Visa ••••", "Inactive", "Jenny · virtual"]),
        ("issuing-card", "No issuing card yet.", issued, ["Visa ••••", "Inactive", "Jenny · virtual"]),
        ("financial-account", "No financial account yet.", opened_account, ["$0.00", "Open"]),
    ],
)
def test_a_component_says_that_nothing_is_there_only_if_so(
    platform: Platform, name: str, empty: str, make: Callable[[Platform], str], shown: list[str]
) -> None:
    seller(platform, "card_issuing", "treasury")
    assert opened(platform, name).get_by_text(empty).count() == 1
    made = make(platform)
    element = opened(platform, name)
    assert element.get_by_text(empty).count() == 0
    row = element.locator(f"[data-item={made}]")
    for text in (*shown, made):
        assert text in row.inner_text()


def test_an_element_shows_the_card_and_the_financial_account_that_the_page_names(platform: Platform) -> None:
    seller(platform, "card_issuing", "treasury")
    for name, setter, make in (
        ("issuing-card", "setDefaultCard", issued),
        ("financial-account", "setFinancialAccount", opened_account),
    ):
        first, _ = make(platform), make(platform)
        element = opened(platform, name, script=f"{setter}: '{first}'")
        assert element.locator("[data-item]").evaluate_all("all => all.map(({dataset}) => dataset.item)") == [first]
