"""Facts about objects that are not modelled by hand: ids, first values, hidden fields and events.

Official where Stripe's API description, fixtures or reference say so; otherwise observed in recorded responses or
inferred. Empty cells stand for the rule that all objects share.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Literal

from emulator.errors import StripeError
from emulator.wire.dataclasses import dataclass
from emulator.wire.json import Json
from emulator.wire.namedtuples import NamedTuple
from emulator.wire.timestamps import DAY


class After(NamedTuple):
    """A time, in seconds after the creation."""

    seconds: int


NOW = After(0)


@dataclass(frozen=True, slots=True)
class Action:
    """One action. `states` are those that allow it, empty for all; `to` is the new state.

    `sets` are other fields that change; `event` is the suffix of its event, where Stripe has one; `refuse(state)` makes
    the error for another state, where its words are known.
    """

    states: str = ""
    to: str = ""
    sets: Mapping[str, Json | After] = field(default_factory=dict)
    event: str = ""
    refuse: Callable[[str], StripeError] | None = None


Form = Literal["account", "short", "long", "static", "none"]


@dataclass(frozen=True, slots=True)
class Facts:
    """One object.

    `prefix` and `form` make its ids: `account` is `re_` and 24 digits that hold the time and the account, `short`
    fourteen random digits, `long` the 61 characters of newer objects. A `static` one is Stripe's own word, and `none`
    has no id.

    `request_only` are parameters that no response shows, `refused` those whose effect is not emulated, `clearable`
    those that an empty text unsets although the description says otherwise. `needs` are parameters that a create must
    have although the description says otherwise, one of those that a bar joins. `absent` are fields that show only
    when they apply or are expanded, `start` the first values. Events are `event` and each of `events`; `event` is the
    object's name unless it is given. `noun` and `param` are those of "No such ...", where they are not the last part of
    the name and the name in the path. With `keeps_stubs`, a GET of a deleted object responds with the stub.

    `actions` are named by their verbs. States and results are official where the reference says so, otherwise inferred.
    """

    prefix: str = ""
    form: Form = "account"
    request_only: str = ""
    absent: str = ""
    start: Mapping[str, Json | After] = field(default_factory=dict)
    needs: str = ""
    clearable: str = ""
    refused: str = ""
    event: str = ""
    events: str = ""
    noun: str = ""
    param: str = ""
    keeps_stubs: bool = False
    actions: Mapping[str, Action] = field(default_factory=dict)


OBJECTS: Mapping[str, Facts] = {
    "apple_pay_domain": Facts("apwc", noun="apple_pay_domain", param="domain"),
    "apps.secret": Facts("appsecret", absent="payload deleted"),
    "climate.order": Facts(
        "climorder",
        request_only="amount",
        start={"status": "open"},
        events="canceled created delayed delivered product_substituted",
        actions={
            "cancel": Action(
                "open confirmed", "canceled", {"canceled_at": NOW, "cancellation_reason": "requested"}, "canceled"
            ),
        },
    ),
    "climate.product": Facts("", form="static", events="created pricing_updated"),
    "climate.supplier": Facts("", form="static"),
    "customer_session": Facts("", form="none", start={"expires_at": After(1800)}, needs="customer|customer_account"),
    "ephemeral_key": Facts(
        "ephkey",
        request_only="customer issuing_card nonce verification_session",
        absent="secret",
        start={"expires": After(3600)},
    ),
    "exchange_rate": Facts("", form="static"),
    "financial_connections.account": Facts(
        "fca",
        start={"status": "active"},
        events=(
            "account_numbers_updated created deactivated disconnected reactivated refreshed_balance "
            "refreshed_ownership refreshed_transactions upcoming_account_number_expiry"
        ),
        actions={
            "disconnect": Action("active inactive", "disconnected", event="disconnected"),
            "refresh": Action("active"),
            "subscribe": Action("active"),
            "unsubscribe": Action("active"),
        },
    ),
    "financial_connections.account_owner": Facts("fcaown"),
    "financial_connections.session": Facts("fcsess", absent="filters return_url"),
    "financial_connections.transaction": Facts("fctxn", start={"status": "posted"}),
    "forwarding.request": Facts("fwdreq", request_only="request"),
    "funding_instructions": Facts("", form="none"),
    "identity.verification_report": Facts("vr"),
    "identity.verification_session": Facts(
        "vs",
        request_only="return_url",
        absent="verified_outputs provided_details related_person verification_flow",
        start={"status": "requires_input"},
        events="canceled created processing redacted requires_input verified",
        needs="type|verification_flow",
        actions={
            "cancel": Action("requires_input", "canceled", event="canceled"),
            "redact": Action("requires_input verified canceled", sets={"redaction": {"status": "processing"}}),
        },
    ),
    "invoice_rendering_template": Facts(
        "inrtem",
        start={"status": "active"},
        actions={
            "archive": Action("active", "archived"),
            "unarchive": Action("archived", "active"),
        },
    ),
    "issuing.authorization": Facts(
        "iauth",
        request_only="fraud_disputability_likelihood is_amount_controllable risk_assessment confirmed",
        absent="fraud_challenges treasury",
        start={"approved": True, "status": "pending"},
        event="issuing_authorization",
        events="created request updated",
        actions={
            "approve": Action("pending", sets={"approved": True}),
            "decline": Action("pending", sets={"approved": False}),
            "capture": Action("pending", "closed", event="updated"),
            "expire": Action("pending", "expired", event="updated"),
            "reverse": Action("pending", "reversed", event="updated"),
            "increment": Action("pending", event="updated"),
            "finalize_amount": Action("pending", event="updated"),
            "respond": Action("pending"),
        },
    ),
    "issuing.card": Facts(
        "ic",
        request_only="pin",
        absent="number cvc financial_account",
        start={"status": "inactive"},
        event="issuing_card",
        events="created updated",
        needs="cardholder",
        noun="issuing card",
        param="card",
    ),
    "issuing.cardholder": Facts(
        "ich", start={"status": "active"}, event="issuing_cardholder", events="created updated"
    ),
    "issuing.dispute": Facts(
        "idp",
        absent="balance_transactions loss_reason treasury",
        start={"status": "unsubmitted"},
        event="issuing_dispute",
        events="closed created funds_reinstated funds_rescinded submitted updated",
        needs="transaction",
        actions={"submit": Action("unsubmitted", "submitted", event="submitted")},
    ),
    "issuing.personalization_design": Facts(
        "ipcd",
        form="short",
        request_only="transfer_lookup_key",
        start={"status": "review"},
        event="issuing_personalization_design",
        events="activated deactivated rejected updated",
        actions={
            "activate": Action("review inactive", "active", event="activated"),
            "deactivate": Action("active", "inactive", event="deactivated"),
            "reject": Action("review", "rejected", event="rejected"),
        },
    ),
    "issuing.physical_bundle": Facts("ics", form="short", start={"status": "active"}),
    "issuing.settlement": Facts(
        "ise", start={"status": "pending"}, actions={"complete": Action("pending", "complete")}
    ),
    "issuing.token": Facts(
        "intok",
        absent="network_data last4 wallet_provider",
        start={"status": "active"},
        event="issuing_token",
        events="created updated",
    ),
    "issuing.transaction": Facts(
        "ipi",
        absent="purchase_details treasury",
        start={"type": "capture"},
        event="issuing_transaction",
        events="created purchase_details_receipt_updated updated",
    ),
    "payment_attempt_record": Facts("par", form="long"),
    "payment_method_domain": Facts("pmd", start={"enabled": True}, actions={"validate": Action()}),
    "payment_record": Facts("pr", form="long", request_only="failed guaranteed initiated_at outcome"),
    "radar.payment_evaluation": Facts(
        "peval", absent="client_device_metadata_details customer_details payment_details"
    ),
    "radar.value_list": Facts("rsl", start={"item_type": "string"}),
    "radar.value_list_item": Facts("rsli"),
    "reporting.report_run": Facts("frr", start={"status": "pending"}, events="failed succeeded"),
    "reporting.report_type": Facts("", form="static", events="updated"),
    "scheduled_query_run": Facts(
        "sqr", absent="error", start={"status": "completed"}, event="sigma.scheduled_query_run", events="created"
    ),
    "sigma.sigma_api_query": Facts("qry"),
    "source": Facts(
        "src",
        request_only="mandate original_source token",
        absent="customer code_verification receiver redirect source_order",
        start={"status": "chargeable"},
        events="canceled chargeable failed mandate_notification refund_attributes_required",
        actions={"verify": Action("pending", "chargeable", event="chargeable")},
    ),
    "source_mandate_notification": Facts("srcmn", start={"status": "pending"}),
    "source_transaction": Facts(
        "srctxn", start={"status": "succeeded"}, event="source.transaction", events="created updated"
    ),
    "tax.association": Facts("taxa"),
    "tax.calculation": Facts(
        "taxcalc", absent="line_items", start={"expires_at": After(90 * DAY)}, needs="customer|customer_details"
    ),
    "tax.calculation_line_item": Facts("tax_li", form="short", absent="tax_breakdown"),
    "tax.registration": Facts("taxreg", form="short", start={"status": "active"}),
    "tax.settings": Facts("", form="none", start={"status": "pending"}, events="updated"),
    "tax.transaction": Facts(
        "tax", request_only="calculation flat_amount mode original_transaction", start={"type": "transaction"}
    ),
    "tax.transaction_line_item": Facts("tax_li", form="short"),
    "tax_code": Facts("", form="static"),
    "terminal.configuration": Facts("tmc", form="short", start={"is_account_default": False}, keeps_stubs=True),
    "terminal.connection_token": Facts("", form="none", absent="location"),
    "terminal.location": Facts(
        "tml",
        form="short",
        absent="address_kana address_kanji configuration_overrides display_name_kana display_name_kanji phone",
        needs="display_name|display_name_kanji address|address_kanji",
        keeps_stubs=True,
    ),
    "terminal.onboarding_link": Facts("", form="none"),
    "terminal.reader": Facts(
        "tmr",
        form="short",
        request_only="registration_code",
        start={"status": "online"},
        events="action_failed action_succeeded action_updated",
        actions={"cancel_action": Action(sets={"action": None})},
        keeps_stubs=True,
    ),
    "terminal.refund": Facts("", form="none"),
    "treasury.credit_reversal": Facts("credrev", start={"status": "processing"}, events="created posted"),
    "treasury.debit_reversal": Facts(
        "debrev", start={"status": "processing"}, events="completed created initial_credit_granted"
    ),
    "treasury.financial_account": Facts(
        "fa",
        request_only="forwarding_settings",
        absent="features is_default nickname platform_restrictions",
        start={"status": "open"},
        events="closed created features_status_updated",
        actions={"close": Action("open", "closed", event="closed")},
    ),
    "treasury.financial_account_features": Facts("", form="none"),
    "treasury.inbound_transfer": Facts(
        "ibt",
        start={"status": "processing"},
        events="canceled created failed succeeded",
        actions={
            "succeed": Action("processing", "succeeded", event="succeeded"),
            "fail": Action("processing", "failed", event="failed"),
            "return": Action("succeeded", sets={"returned": True}),
            "cancel": Action("processing", "canceled", event="canceled"),
        },
    ),
    "treasury.outbound_payment": Facts(
        "obp",
        request_only="destination_payment_method_data destination_payment_method_options",
        start={"status": "processing"},
        events="canceled created expected_arrival_date_updated failed posted returned tracking_details_updated",
        actions={
            "post": Action("processing", "posted", event="posted"),
            "fail": Action("processing", "failed", event="failed"),
            "return": Action("processing posted", "returned", event="returned"),
            "cancel": Action("processing", "canceled", event="canceled"),
        },
    ),
    "treasury.outbound_transfer": Facts(
        "obt",
        request_only="destination_payment_method_data destination_payment_method_options",
        start={"status": "processing"},
        events="canceled created expected_arrival_date_updated failed posted returned tracking_details_updated",
        actions={
            "post": Action("processing", "posted", event="posted"),
            "fail": Action("processing", "failed", event="failed"),
            "return": Action("processing posted", "returned", event="returned"),
            "cancel": Action("processing", "canceled", event="canceled"),
        },
    ),
    "treasury.received_credit": Facts("rc", start={"status": "succeeded"}, events="created failed succeeded"),
    "treasury.received_debit": Facts(
        "rd", absent="initiating_payment_method_details", start={"status": "succeeded"}, events="created"
    ),
    "treasury.transaction": Facts("trxn", absent="entries flow_details", start={"status": "open"}),
    "treasury.transaction_entry": Facts("trxne", absent="flow_details"),
}
