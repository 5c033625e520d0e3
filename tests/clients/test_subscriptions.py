"""Half a year of a subscription with the official client: a trial, renewals, a failing card, an upgrade, a schedule."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import stripe

from ..webhooks.test_delivery import Receiver, until

if TYPE_CHECKING:
    from fixtures.handle import StripeEmulator

HOUR, DAY = 3_600, 86_400


def at(month: int, day: int, hour: int = 0) -> int:
    return int(datetime(2026, month, day, hour, tzinfo=UTC).timestamp())


CLOCK = "test_helpers.test_clock"
PAID = ["invoice.paid", "invoice.payment_succeeded"]
DRAFT = ["invoice.created", "customer.subscription.updated", "invoice.finalized", "payment_intent.created"]
CHARGED = ["charge.succeeded", "payment_intent.succeeded", *PAID]
NEW_CARD = ["payment_method.attached", "customer.updated"]


def during(*kinds: str) -> list[str]:
    """The events of an advance."""
    return [f"{CLOCK}.advancing", *kinds, f"{CLOCK}.ready"]


UPCOMING = "invoice.upcoming"
RENEWED = during(UPCOMING, *DRAFT, *CHARGED, "invoice_payment.paid")
# Each step: the state that the club sees, and the events in order. The state of the subscription is its status, that of
# its latest invoice, the total of that, and the number of its invoices.
STORY: list[Any] = [
    [3, ["product.created", *3 * ["plan.created", "price.created"]]],
    [
        ["trialing", "paid", 0, 1],
        [
            f"{CLOCK}.created", "customer.created", *NEW_CARD, "invoice.created", "invoice.finalized", *PAID,
            "customer.subscription.created",
        ],
    ],
    [["trialing", "paid", 0, 1], during(UPCOMING, "customer.subscription.trial_will_end")],
    [["active", "paid", 1000, 2], during(*DRAFT, *CHARGED, "invoice_payment.paid")],
    [["active", "paid", 1000, 3], RENEWED],
    [
        ["past_due", "open", 1000, 4],
        [
            *NEW_CARD,
            *during(
                UPCOMING, *DRAFT, "charge.failed", "payment_intent.payment_failed", "invoice.updated", "invoice.payment_failed",
                "customer.subscription.updated", "customer.updated",
            ),
        ],
    ],
    [
        ["active", "paid", 1000, 4],
        [
            *NEW_CARD,
            *during(
                "charge.succeeded", "payment_intent.succeeded", "customer.updated", *PAID,
                "customer.subscription.updated", "invoice_payment.paid",
            ),
        ],
    ],
    [
        ["active", "paid", 1829, 5],  # 27 of 31 days: 2700 - 871
        [
            "invoiceitem.created", "invoiceitem.created", "invoice.created", "payment_intent.created",
            "charge.succeeded", "payment_intent.succeeded", "invoice.finalized", *PAID, "invoice_payment.paid",
            "customer.subscription.updated",
        ],
    ],
    [
        ["active", [at(4, 15), at(6, 15)]],
        ["subscription_schedule.created", "customer.subscription.updated", "subscription_schedule.updated"],
    ],
    [
        ["active", "paid", 500, 6],
        during(UPCOMING, "subscription_schedule.updated", *DRAFT, *CHARGED, "invoice_payment.paid"),
    ],
    [["active", "paid", 500, 7], RENEWED],
    [
        [["canceled", "paid", 500, 7], "completed", [1000, 1000, 1000, 1829, 500, 500]],
        during(
            "subscription_schedule.expiring", "subscription_schedule.completed", "customer.subscription.deleted"
        ),
    ],
    [True, [*["payment_method.detached"] * 3, "customer.deleted", f"{CLOCK}.deleted"]],
]  # fmt: skip


class Club:
    """A club whose member pays every month, on a test clock of 1 January 2026."""

    def __init__(self, receiver: Receiver) -> None:
        self.receiver, self.seen = receiver, 0
        self.secret = stripe.WebhookEndpoint.create(url=receiver.url, enabled_events=["*"]).secret
        self.clock = self.member = self.subscription = self.schedule = ""
        self.prices: list[str] = []

    def events(self, count: int) -> list[str]:
        """The types of the events since the last call, with every signature checked."""
        until(lambda: len(self.receiver.got) >= self.seen + count)
        new = self.receiver.got[self.seen :]
        self.seen += len(new)
        checked = [
            stripe.Webhook.construct_event(each.body, each.headers["Stripe-Signature"], str(self.secret))
            for each in new
        ]
        return [event.type for event in checked]

    def advance(self, to: int) -> object:
        """The state of the subscription, and its newest invoice, at a later time of the clock."""
        stripe.test_helpers.TestClock.advance(self.clock, frozen_time=to)
        until(lambda: stripe.test_helpers.TestClock.retrieve(self.clock).status == "ready")
        return self.state()

    def state(self) -> object:
        found = stripe.Subscription.retrieve(self.subscription, expand=["latest_invoice"])
        invoice = found.latest_invoice
        assert isinstance(invoice, stripe.Invoice)
        return [found.status, invoice.status, invoice.total, len(stripe.Invoice.list(subscription=found.id).data)]

    def offer(self) -> object:
        product = stripe.Product.create(name="Membership")
        recurring: Any = {"interval": "month"}
        self.prices = [
            stripe.Price.create(product=product.id, currency="usd", unit_amount=amount, recurring=recurring).id
            for amount in (1000, 3100, 500)
        ]
        return len(self.prices)

    def join(self) -> object:
        self.clock = stripe.test_helpers.TestClock.create(frozen_time=at(1, 1)).id
        self.member = stripe.Customer.create(
            test_clock=self.clock,
            payment_method="pm_card_visa",
            invoice_settings={"default_payment_method": "pm_card_visa"},
        ).id
        self.subscription = stripe.Subscription.create(
            customer=self.member, items=[{"price": self.prices[0]}], trial_period_days=14
        ).id
        return self.state()

    def be_told_of_the_end_of_the_trial(self) -> object:
        return self.advance(at(1, 13))

    def pay_first(self) -> object:
        return self.advance(at(1, 15, 2))

    def renew(self) -> object:
        return self.advance(at(2, 15, 2))

    def fail(self) -> object:
        self.use("pm_card_chargeCustomerFail")
        return self.advance(at(3, 15, 2))

    def recover(self) -> object:
        self.use("pm_card_visa")
        return self.advance(at(3, 19))

    def use(self, card: str) -> None:
        method = stripe.PaymentMethod.attach(card, customer=self.member)
        stripe.Customer.modify(self.member, invoice_settings={"default_payment_method": method.id})

    def upgrade(self) -> object:
        item = stripe.SubscriptionItem.list(subscription=self.subscription).data[0].id
        stripe.Subscription.modify(
            self.subscription,
            items=[{"id": item, "price": self.prices[1]}],
            proration_behavior="always_invoice",
        )
        return self.state()

    def plan_a_downgrade(self) -> object:
        schedule = stripe.SubscriptionSchedule.create(from_subscription=self.subscription)
        self.schedule = schedule.id
        assert schedule.current_phase is not None
        changed = stripe.SubscriptionSchedule.modify(
            schedule.id,
            end_behavior="cancel",
            phases=[
                {
                    "items": [{"price": self.prices[1]}],
                    "start_date": schedule.current_phase.start_date,
                    "end_date": schedule.current_phase.end_date,
                },
                {"items": [{"price": self.prices[2]}], "duration": {"interval": "month", "interval_count": 2}},
            ],
        )
        return [changed.status, [phase.end_date for phase in changed.phases]]

    def downgrade(self) -> object:
        return self.advance(at(4, 15, 2))

    def renew_at_the_lower_price(self) -> object:
        return self.advance(at(5, 15, 2))

    def leave(self) -> object:
        paid = [charge.amount for charge in stripe.Charge.list(customer=self.member, limit=100).data if charge.paid]
        return [self.advance(at(6, 15, 2)), stripe.SubscriptionSchedule.retrieve(self.schedule).status, paid[::-1]]

    def be_forgotten(self) -> object:
        stripe.test_helpers.TestClock.delete(self.clock)
        return getattr(stripe.Customer.retrieve(self.member), "deleted", False)


def test_half_a_year_of_a_subscription_in_python(stripe_emulator: StripeEmulator) -> None:
    with Receiver() as receiver:
        club = Club(receiver)
        steps: list[Callable[[], object]] = [
            club.offer, club.join, club.be_told_of_the_end_of_the_trial, club.pay_first, club.renew, club.fail,
            club.recover, club.upgrade, club.plan_a_downgrade, club.downgrade, club.renew_at_the_lower_price,
            club.leave, club.be_forgotten,
        ]  # fmt: skip
        for act, (value, expected) in zip(steps, STORY, strict=True):
            assert [act(), club.events(len(expected))] == [value, expected]
