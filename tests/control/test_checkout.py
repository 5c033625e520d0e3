"""Checkout sessions under a test's control: completed without a browser, with their webhooks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from emulator.client import EmulatorError

if TYPE_CHECKING:
    import stripe

    from fixtures.handle import StripeEmulator


def price(emulator: StripeEmulator, amount: int = 1_500) -> str:
    sent: Any = {"currency": "usd", "unit_amount": amount, "product_data": {"name": "Tea"}}
    return emulator.client.v1.prices.create(sent).id


def opened(emulator: StripeEmulator, **params: Any) -> stripe.checkout.Session:
    sent: Any = {
        "mode": "payment",
        "success_url": "https://shop.example/done",
        "line_items": [{"price": price(emulator), "quantity": 1}],
        **params,
    }
    return emulator.client.v1.checkout.sessions.create(sent)


def types(emulator: StripeEmulator) -> list[str]:
    kinds = [event["type"] for event in emulator.webhooks.events()]
    return [kind for kind in kinds if not kind.startswith(("price", "product"))]


def test_a_session_is_completed_without_a_browser(stripe_emulator: StripeEmulator) -> None:
    session = opened(stripe_emulator)
    done = stripe_emulator.complete_checkout(session, email="ada@example.com", name="Ada")
    assert (done["status"], done["payment_status"], done["amount_total"]) == ("complete", "paid", 1_500)
    assert (done["customer_details"]["email"], done["customer_details"]["name"]) == ("ada@example.com", "Ada")
    event = stripe_emulator.webhooks.wait("checkout.session.completed")
    assert event["data"]["object"] == done
    assert types(stripe_emulator) == [
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.completed",
    ]
    with pytest.raises(EmulatorError, match="This Checkout Session is no longer open"):
        stripe_emulator.complete_checkout(session)


def test_a_declined_card_leaves_the_session_open(stripe_emulator: StripeEmulator) -> None:
    session = opened(stripe_emulator)
    with pytest.raises(EmulatorError, match=r"Your card was declined\."):
        stripe_emulator.complete_checkout(session, card="4000000000000002")
    assert stripe_emulator.client.v1.checkout.sessions.retrieve(session.id).status == "open"
    assert types(stripe_emulator)[-1] == "payment_intent.payment_failed"
    assert stripe_emulator.complete_checkout(session, payment_method="pm_card_mastercard")["status"] == "complete"


@pytest.mark.parametrize(("outcome", "status"), [("succeeded", "complete"), ("failed", "open")])
def test_a_payment_is_authenticated(stripe_emulator: StripeEmulator, outcome: str, status: str) -> None:
    session = opened(stripe_emulator)
    assert stripe_emulator.complete_checkout(session, card="4000002500003155")["status"] == "open"
    assert stripe_emulator.complete_3ds(session, outcome)["status"] == status
    with pytest.raises(EmulatorError, match=f"{session.id} waits for nobody"):
        stripe_emulator.complete_3ds(session)


def test_all_that_a_session_collects_is_filled_in(stripe_emulator: StripeEmulator) -> None:
    rate: Any = {"display_name": "Express", "type": "fixed_amount", "fixed_amount": {"amount": 900, "currency": "usd"}}
    rates = [stripe_emulator.client.v1.shipping_rates.create(rate).id for _ in range(2)]
    coupon = stripe_emulator.client.v1.coupons.create({"amount_off": 100, "currency": "usd"})
    code: Any = {"promotion": {"type": "coupon", "coupon": coupon.id}, "code": "TEA"}
    stripe_emulator.client.v1.promotion_codes.create(code)
    label = {"type": "custom", "custom": "Engraving"}
    session = opened(
        stripe_emulator,
        allow_promotion_codes=True,
        billing_address_collection="required",
        consent_collection={"terms_of_service": "required"},
        custom_fields=[{"key": "engraving", "label": label, "type": "text"}],
        phone_number_collection={"enabled": True},
        shipping_address_collection={"allowed_countries": ["DE"]},
        shipping_options=[{"shipping_rate": rate} for rate in rates],
    )
    done = stripe_emulator.complete_checkout(
        session, promotion_code="TEA", shipping_rate=rates[1], custom_fields={"engraving": "Ada"}
    )
    assert (done["amount_total"], done["shipping_cost"]["shipping_rate"]) == (1_500 - 100 + 900, rates[1])
    assert done["custom_fields"][0]["text"]["value"] == "Ada"
    assert done["collected_information"]["shipping_details"]["address"]["country"] == "DE"
    assert (done["customer_details"]["phone"], done["consent"]["terms_of_service"]) == ("+14155550123", "accepted")


def test_a_payment_link_is_visited(stripe_emulator: StripeEmulator) -> None:
    sent: Any = {"line_items": [{"price": price(stripe_emulator), "quantity": 2}]}
    link = stripe_emulator.client.v1.payment_links.create(sent)
    session = stripe_emulator.visit_payment_link(link, client_reference_id="7")
    assert (session["payment_link"], session["client_reference_id"], session["amount_total"]) == (link.id, "7", 3_000)
    assert stripe_emulator.complete_checkout(session)["payment_status"] == "paid"


@pytest.mark.parametrize(
    ("path", "body", "code", "message"),
    [
        ("/checkout_sessions/cs_1/complete", {}, "object_not_found", "This sandbox has no checkout session cs_1."),
        ("/payment_links/plink_1/visit", {}, "object_not_found", "This sandbox has no payment link plink_1."),
        ("/checkout_sessions/cs_1/complete", {"shipping": True}, "invalid_shipping", None),
        ("/checkout_sessions/cs_1/complete", {"cards": "1"}, "unknown_field", None),
    ],
)
def test_what_cannot_be_is_refused(
    stripe_emulator: StripeEmulator, path: str, body: dict[str, object], code: str, message: str | None
) -> None:
    with pytest.raises(EmulatorError) as refused:
        stripe_emulator._control("POST", path, body)
    assert refused.value.code == code
    assert message is None or message in str(refused.value)


def test_an_export_repeats_a_visit(stripe_emulator: StripeEmulator) -> None:
    session = opened(stripe_emulator)
    with pytest.raises(EmulatorError):
        stripe_emulator.complete_checkout(session, card="4000000000000002")
    stripe_emulator.complete_checkout(session)
    document = stripe_emulator.export()
    stripe_emulator.reset()
    stripe_emulator.load(document)
    again = stripe_emulator.client.v1.checkout.sessions.retrieve(session.id)
    assert (again.status, again.payment_status) == ("complete", "paid")


def test_an_export_repeats_a_visit_of_the_portal(stripe_emulator: StripeEmulator) -> None:
    data: Any = {
        "currency": "usd",
        "unit_amount": 1_500,
        "product_data": {"name": "Tea"},
        "recurring": {"interval": "month"},
    }
    session = opened(stripe_emulator, mode="subscription", line_items=[{"price_data": data, "quantity": 1}])
    done = stripe_emulator.complete_checkout(session)
    portal = stripe_emulator.client.v1.billing_portal.sessions.create({"customer": done["customer"]})
    card = {"cardNumber": "4000000000000002", "cardExpiry": "12/34", "cardCvc": "123"}
    assert httpx.post(portal.url, data={"action": "add_method", **card}).status_code == 402
    ended = httpx.post(portal.url, data={"action": "cancel", "subscription": done["subscription"]})
    assert ended.status_code == 303
    document = stripe_emulator.export()
    stripe_emulator.reset()
    stripe_emulator.load(document)
    again = stripe_emulator.client.v1.subscriptions.retrieve(done["subscription"])
    assert (again.status, again.cancel_at_period_end) == ("active", True)
