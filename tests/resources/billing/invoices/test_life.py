"""Invoices that change by themselves: finalized, charged, charged again, overdue; and the attempts of requests."""

from __future__ import annotations

from typing import Any

from ....api import Api

START, DAY = 1_700_000_000, 86_400
FAILING, LOST, VISA = "pm_card_chargeCustomerFail", "pm_card_visa_chargeCustomerFailLostCard", "pm_card_visa"
ATTEMPT_FAILED = [
    "charge.failed",
    "payment_intent.payment_failed",
    "invoice.updated",
    "invoice.payment_failed",
]


class Clock:
    """A test clock with a customer who has a default payment method."""

    def __init__(self, api: Api, method: str = VISA) -> None:
        self.api, self.now = api, START
        self.id = api.posted("test_helpers/test_clocks", frozen_time=str(START))["id"]
        self.customer = api.posted("customers", test_clock=self.id, email="jenny@example.com")["id"]
        if method:
            self.use(method)

    def use(self, method: str) -> None:
        attached = self.api.posted(f"payment_methods/{method}/attach", customer=self.customer)["id"]
        settings = {"default_payment_method": attached}
        self.api.posted(f"customers/{self.customer}", invoice_settings=settings)

    def draft(self, **params: Any) -> Any:
        """A draft of 1000."""
        self.api.posted("invoiceitems", customer=self.customer, amount="1000", currency="usd")
        params = {"pending_invoice_items_behavior": "include", "auto_advance": "true", **params}
        return self.api.posted("invoices", customer=self.customer, **params)

    def advance(self, seconds: int) -> list[str]:
        """Advance the clock, and return the types of the events of that, but for those of the clock and customer."""
        before = len(kinds(self.api))
        self.now += seconds
        self.api.posted(f"test_helpers/test_clocks/{self.id}/advance", frozen_time=str(self.now))
        return [kind for kind in kinds(self.api)[before:] if not kind.startswith(("test_helpers.", "customer."))]


def kinds(api: Api) -> list[str]:
    return [event["type"] for event in api.get("/v1/events?limit=100").body["data"]][::-1]


def test_a_draft_that_advances_is_finalized_and_charged_an_hour_and_a_second_later() -> None:
    api = Api()
    clock = Clock(api)
    draft = clock.draft()
    assert (draft["created"], draft["automatically_finalizes_at"], draft["next_payment_attempt"]) == (
        START,
        START + 3601,
        START + 3600,
    )
    assert clock.advance(3600) == []
    assert clock.advance(1) == [
        "invoice.finalized",
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "invoice.paid",
        "invoice.payment_succeeded",
        "invoice_payment.paid",
    ]
    paid = api.get(f"/v1/invoices/{draft['id']}?expand[]=payments").body
    assert (paid["status"], paid["attempt_count"], paid["attempted"], paid["auto_advance"]) == ("paid", 1, True, False)
    assert (paid["effective_at"], paid["test_clock"]) == (START + 3601, clock.id)
    assert paid["status_transitions"] == {
        "finalized_at": START + 3601,
        "marked_uncollectible_at": None,
        "paid_at": START + 3601,
        "voided_at": None,
    }
    [payment] = paid["payments"]["data"]
    assert (payment["created"], payment["status_transitions"]["paid_at"]) == (START + 3601, START + 3601)
    intent = api.get(f"/v1/payment_intents/{payment['payment']['payment_intent']}").body
    assert intent["created"] > START + 1000 * DAY  # payments have real time


def test_clearing_auto_advance_stops_a_draft_and_setting_it_counts_from_the_creation() -> None:
    api = Api()
    clock = Clock(api)
    draft = clock.draft()["id"]
    cleared = api.posted(f"invoices/{draft}", auto_advance="false")
    assert (cleared["automatically_finalizes_at"], cleared["next_payment_attempt"]) == (None, None)
    assert clock.advance(1800) == []
    again = api.posted(f"invoices/{draft}", auto_advance="true")
    assert (again["automatically_finalizes_at"], again["next_payment_attempt"]) == (START + 3601, START + 3600)
    api.posted(f"invoices/{draft}", auto_advance="false")
    assert clock.advance(5 * DAY) == []


def test_a_failed_attempt_is_made_again_after_three_five_and_seven_days() -> None:
    api = Api()
    clock = Clock(api, FAILING)
    draft, first = clock.draft()["id"], START + 3601
    seen = []
    for seconds in (3601, 3 * DAY, 2 * DAY, 2 * DAY):
        assert clock.advance(seconds)[-4:] == ATTEMPT_FAILED
        found = api.get(f"/v1/invoices/{draft}").body
        seen.append((found["attempt_count"], found["next_payment_attempt"], found["status"]))
    assert seen == [
        (1, first + 3 * DAY, "open"),
        (2, first + 5 * DAY, "open"),
        (3, first + 7 * DAY, "open"),
        (4, None, "open"),
    ]
    assert clock.advance(30 * DAY) == []


def test_a_retry_charges_the_payment_method_that_the_customer_has_then() -> None:
    api = Api()
    clock = Clock(api, FAILING)
    draft = clock.draft()["id"]
    clock.advance(3601)
    clock.use(VISA)
    assert clock.advance(3 * DAY)[-3:] == ["invoice.paid", "invoice.payment_succeeded", "invoice_payment.paid"]
    paid = api.get(f"/v1/invoices/{draft}?expand[]=payments").body
    assert (paid["status"], paid["attempt_count"], len(paid["payments"]["data"])) == ("paid", 2, 1)


def test_a_card_that_was_refused_for_good_is_not_charged_again() -> None:
    api = Api()
    clock = Clock(api, LOST)
    draft = clock.draft()["id"]
    assert clock.advance(3601)[-4:] == ATTEMPT_FAILED
    assert clock.advance(3 * DAY) == ["invoice.updated"]
    found = api.get(f"/v1/invoices/{draft}").body
    assert (found["attempt_count"], found["status"]) == (2, "open")


def test_an_invoice_without_a_payment_method_fails_when_it_is_charged_by_itself() -> None:
    api = Api()
    clock = Clock(api, "")
    draft = clock.draft()["id"]
    assert clock.advance(3601) == [
        "invoice.finalized",
        "payment_intent.created",
        "invoice.updated",
        "invoice.payment_failed",
    ]
    found = api.get(f"/v1/invoices/{draft}").body
    assert (found["attempt_count"], found["attempted"], found["status"]) == (1, True, "open")


def test_an_invoice_that_is_sent_becomes_overdue_once() -> None:
    api = Api()
    clock = Clock(api)
    draft = clock.draft(collection_method="send_invoice", days_until_due="2")
    assert (draft["due_date"], draft["automatically_finalizes_at"], draft["next_payment_attempt"]) == (
        START + 2 * DAY,
        START + 3601,
        None,
    )
    assert clock.advance(3601) == ["invoice.finalized", "payment_intent.created", "invoice.sent"]
    assert clock.advance(2 * DAY) == ["invoice.overdue"]
    assert clock.advance(2 * DAY) == []
    assert api.posted(f"invoices/{draft['id']}/pay")["status"] == "paid"


def test_the_sandbox_clock_finalizes_a_draft_as_well() -> None:
    api = Api()
    of = api.posted(
        "customers",
        email="jenny@example.com",
        payment_method=VISA,
        invoice_settings={"default_payment_method": VISA},
    )["id"]
    api.posted("invoiceitems", customer=of, amount="1000", currency="usd")
    sent = {"pending_invoice_items_behavior": "include", "auto_advance": "true"}
    draft = api.posted("invoices", customer=of, **sent)["id"]
    [sandbox] = api.emulator.sandboxes.newest_first()
    sandbox.clock.advance(3601)
    assert api.get(f"/v1/invoices/{draft}").body["status"] == "paid"


def test_a_draft_is_charged_in_the_call_that_pays_it() -> None:
    api = Api()
    clock = Clock(api)
    draft = clock.draft(auto_advance="false")["id"]
    before = len(kinds(api))
    paid = api.posted(f"invoices/{draft}/pay")
    assert (paid["status"], paid["attempt_count"], paid["amount_paid"]) == ("paid", 1, 1000)
    times = paid["status_transitions"]
    assert times["finalized_at"] == times["paid_at"] == paid["effective_at"] == START
    assert kinds(api)[before:] == [
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "invoice.finalized",
        "invoice.paid",
        "invoice.payment_succeeded",
        "invoice_payment.paid",
    ]


def test_a_customer_completes_the_payment_that_an_invoice_waits_for() -> None:
    api = Api()
    clock = Clock(api, "pm_card_threeDSecure2Required")
    draft = clock.draft(auto_advance="false")["id"]
    refused = api.post(f"/v1/invoices/{draft}/pay")
    assert (refused.status, refused.error["type"], refused.error["code"]) == (
        402,
        "card_error",
        "invoice_payment_intent_requires_action",
    )
    left = api.get(f"/v1/invoices/{draft}?expand[]=confirmation_secret").body
    assert (left["status"], left["attempted"], left["attempt_count"]) == ("open", True, 0)
    intent = left["confirmation_secret"]["client_secret"].partition("_secret_")[0]
    assert api.get(f"/v1/payment_intents/{intent}").body["status"] == "requires_action"
    api.posted(f"payment_intents/{intent}/confirm", payment_method=VISA)
    paid = api.get(f"/v1/invoices/{draft}").body
    assert (paid["status"], paid["attempt_count"], paid["amount_remaining"]) == ("paid", 1, 0)


def test_an_open_invoice_has_a_payment_intent_which_is_canceled_when_it_is_void() -> None:
    api = Api()
    clock = Clock(api)
    draft = clock.draft(auto_advance="false")["id"]
    done = api.posted(f"invoices/{draft}/finalize", expand=["payments", "confirmation_secret"])
    [payment] = done["payments"]["data"]
    assert done["payments"]["url"] == "/v1/invoices/payments"
    assert (payment["status"], payment["amount_requested"], payment["amount_paid"]) == ("open", 1000, None)
    identifier = payment["payment"]["payment_intent"]
    intent = api.get(f"/v1/payment_intents/{identifier}").body
    assert (intent["status"], intent["amount"], intent["capture_method"], intent["setup_future_usage"]) == (
        "requires_payment_method",
        1000,
        "automatic",
        None,
    )
    assert intent["payment_method_types"] == ["card", "link"]
    assert done["confirmation_secret"] == {"client_secret": intent["client_secret"], "type": "payment_intent"}
    api.posted(f"invoices/{draft}/void")
    canceled = api.get(f"/v1/payment_intents/{identifier}").body
    assert (canceled["status"], canceled["cancellation_reason"]) == ("canceled", "void_invoice")
    [payment] = api.get(f"/v1/invoice_payments?invoice={draft}&status=canceled").body["data"]
    assert payment["status_transitions"] == {"canceled_at": START, "paid_at": None}


def test_an_invoice_that_advances_is_charged_an_hour_after_a_request_finalizes_it() -> None:
    api = Api()
    clock = Clock(api)
    draft = clock.draft()["id"]
    clock.advance(60)
    done = api.posted(f"invoices/{draft}/finalize")
    assert (done["status"], done["attempted"], done["next_payment_attempt"]) == ("open", False, START + 3660)
    clock.advance(3600)
    assert api.get(f"/v1/invoices/{draft}").body["status"] == "paid"


def test_a_payment_intent_of_the_customer_is_attached_and_pays_once_it_succeeds() -> None:
    api = Api()
    clock = Clock(api)
    draft = clock.draft(auto_advance="false")["id"]
    api.posted(f"invoices/{draft}/finalize")
    own = {"customer": clock.customer, "currency": "usd", "payment_method_types": ["card"]}
    first = api.posted("payment_intents", amount="400", payment_method=VISA, confirm="true", **own)["id"]
    part = api.posted(f"invoices/{draft}/attach_payment", payment_intent=first)
    assert (part["status"], part["amount_paid"], part["amount_remaining"]) == ("open", 400, 600)
    second = api.posted("payment_intents", amount="600", **own)["id"]
    assert api.posted(f"invoices/{draft}/attach_payment", payment_intent=second)["status"] == "open"
    api.posted(f"payment_intents/{second}/confirm", payment_method=VISA)
    paid = api.get(f"/v1/invoices/{draft}?expand[]=payments").body
    assert (paid["status"], paid["amount_paid"], paid["amount_remaining"]) == ("paid", 1000, 0)
    shown = [(one["status"], one["amount_paid"], one["is_default"]) for one in paid["payments"]["data"]]
    assert shown == [("canceled", None, True), ("paid", 400, False), ("paid", 600, False)]
    euros = api.posted("payment_intents", amount="600", **{**own, "currency": "eur"})["id"]
    other = clock.draft(auto_advance="false")["id"]
    api.posted(f"invoices/{other}/finalize")
    refused = api.post(f"/v1/invoices/{other}/attach_payment", {"payment_intent": euros})
    assert (refused.status, refused.error["param"]) == (400, "payment_intent")


def test_a_draft_that_cannot_be_finalized_by_itself_says_why() -> None:
    api = Api()
    clock = Clock(api)
    api.posted("invoiceitems", customer=clock.customer, amount="99999999", currency="usd")
    draft = clock.draft()["id"]
    assert clock.advance(3601) == ["invoice.finalization_failed"]
    found = api.get(f"/v1/invoices/{draft}").body
    assert (found["status"], found["number"], found["next_payment_attempt"]) == ("draft", None, None)
    assert (found["last_finalization_error"]["type"], found["last_finalization_error"]["code"]) == (
        "invalid_request_error",
        "amount_too_large",
    )
    assert api.get(f"/v1/customers/{clock.customer}").body["next_invoice_sequence"] == 1
    refused = api.post(f"/v1/invoices/{draft}/finalize")
    assert (refused.status, refused.error["code"]) == (400, "amount_too_large")


def test_a_card_that_asks_for_its_customer_is_counted_until_the_attempts_are_over() -> None:
    api = Api()
    clock = Clock(api, "pm_card_threeDSecure2Required")
    draft, first = clock.draft()["id"], START + 3601
    assert clock.advance(3601) == [
        "invoice.finalized",
        "payment_intent.created",
        "payment_intent.requires_action",
        "invoice.updated",
        "invoice.payment_action_required",
    ]
    seen = []
    for seconds in (0, 3 * DAY, 2 * DAY, 2 * DAY):
        assert not seconds or clock.advance(seconds) == ["invoice.updated"]
        found = api.get(f"/v1/invoices/{draft}").body
        seen.append((found["attempt_count"], found["next_payment_attempt"]))
    assert seen == [(1, first + 3 * DAY), (2, first + 5 * DAY), (3, first + 7 * DAY), (4, None)]


def test_a_debit_that_takes_days_pays_the_invoice_in_the_end() -> None:
    api = Api()
    of = api.posted("customers", email="jenny@example.com")["id"]
    api.posted("invoiceitems", customer=of, amount="1000", currency="eur")
    settings = {"payment_method_types": ["card", "sepa_debit"]}
    sent = {"pending_invoice_items_behavior": "include", "payment_settings": settings}
    draft = api.posted("invoices", customer=of, **sent)["id"]
    api.posted(f"invoices/{draft}/finalize")
    [payment] = api.get(f"/v1/invoice_payments?invoice={draft}").body["data"]
    intent = payment["payment"]["payment_intent"]
    shown = api.get(f"/v1/payment_intents/{intent}").body
    assert shown["payment_method_types"] == ["card", "sepa_debit"]
    debit = {
        "payment_method_data": {
            "type": "sepa_debit",
            "sepa_debit": {"iban": "AT611904300234573201"},
            "billing_details": {"name": "Jenny", "email": "jenny@example.com"},
        },
        "mandate_data": {"customer_acceptance": {"type": "offline"}},
    }
    assert api.posted(f"payment_intents/{intent}/confirm", **debit)["status"] == "processing"
    waiting = api.get(f"/v1/invoices/{draft}").body
    assert (waiting["status"], waiting["attempted"], waiting["amount_remaining"]) == ("open", True, 1000)
    [sandbox] = api.emulator.sandboxes.newest_first()
    sandbox.clock.advance(30 * DAY)
    assert api.get(f"/v1/invoices/{draft}").body["status"] == "paid"


def test_a_customer_is_delinquent_from_a_failed_automatic_payment_until_the_next_is_paid() -> None:
    api = Api()
    clock = Clock(api, FAILING)

    def delinquent() -> bool:
        return bool(api.get(f"/v1/customers/{clock.customer}").body["delinquent"])

    draft = clock.draft()["id"]
    assert not delinquent()
    clock.advance(3601)
    assert delinquent()
    assert kinds(api)[-3:] == ["invoice.payment_failed", "customer.updated", "test_helpers.test_clock.ready"]
    api.posted(f"invoices/{draft}/pay", payment_method=VISA)
    assert not delinquent()
    sent = clock.draft(collection_method="send_invoice", days_until_due="1")["id"]
    clock.advance(2 * DAY)
    assert delinquent()
    api.posted(f"invoices/{sent}/mark_uncollectible")
    assert not delinquent()


def test_an_invoice_that_is_paid_in_part_cannot_be_voided() -> None:
    api = Api()
    clock = Clock(api)
    draft = clock.draft(auto_advance="false")["id"]
    api.posted(f"invoices/{draft}/finalize")
    own = {"customer": clock.customer, "currency": "usd", "payment_method_types": ["card"]}
    part = api.posted("payment_intents", amount="400", payment_method=VISA, confirm="true", **own)["id"]
    api.posted(f"invoices/{draft}/attach_payment", payment_intent=part)
    refused = api.post(f"/v1/invoices/{draft}/void")
    assert (refused.status, refused.error["message"]) == (400, "Invoices with `paid` payments cannot be voided.")


def test_an_invoice_takes_the_types_of_payment_methods_that_it_names() -> None:
    api = Api()
    clock = Clock(api)
    settings = {"payment_method_types": ["us_bank_account"]}
    draft = clock.draft(auto_advance="false", payment_settings=settings)["id"]
    refused = api.post(f"/v1/invoices/{draft}/pay")
    assert refused.status == 400
    assert api.get(f"/v1/invoices/{draft}").body["status"] == "draft"


def test_a_payment_intent_that_was_canceled_is_replaced() -> None:
    api = Api()
    clock = Clock(api)
    draft = clock.draft(auto_advance="false")["id"]
    api.posted(f"invoices/{draft}/finalize")
    [payment] = api.get(f"/v1/invoice_payments?invoice={draft}").body["data"]
    api.posted(f"payment_intents/{payment['payment']['payment_intent']}/cancel")
    assert api.posted(f"invoices/{draft}/pay")["status"] == "paid"
