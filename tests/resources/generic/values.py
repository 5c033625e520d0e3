"""Valid requests of operations, with the objects that they name."""

from __future__ import annotations

import re
from typing import Any

from emulator import catalog
from emulator.catalog import Operation
from emulator.model.answering import endpoints
from emulator.resources.generic.facts import OBJECTS, Facts
from emulator.schema import shape, spec

from ...api import Api

_TEMPLATE = re.compile(r"\{[^}]+\}")
SHORT = 12
TEXTS = {"currency": "usd", "decimal": "1.5", "date-time": "2030-01-01T00:00:00.000Z", "unix-time": "1893456000"}


# Parameters of creates that are refused without them.
NEEDED = {
    "subscription_schedule": ("phases",),
    "billing.credit_grant": ("customer",),
    "billing.alert": ("usage_threshold",),
    "issuing.dispute": ("transaction",),
    "credit_note": ("amount",),
    "checkout.session": ("line_items", "success_url"),
    "coupon": ("percent_off",),
    "invoiceitem": ("amount",),
    "payment_link": ("line_items",),
    "plan": ("product", "amount"),
    "price": ("product", "unit_amount"),
    "subscription": ("items",),
    "subscription_item": ("subscription", "price"),
}
# Hashes of a create whose first parameters do not suffice; `@` begins the object that a value names.
HASHES: dict[tuple[str, str], Any] = {
    ("credit_note", "invoice"): "@open invoice",
    ("plan", "product"): "@product",
    ("promotion_code", "promotion"): {"type": "coupon", "coupon": "@coupon"},
    ("checkout.session", "success_url"): "https://shop.example/done",
    ("checkout.session", "line_items"): [{"price": "@price", "quantity": "1"}],
    ("payment_link", "line_items"): [{"price": "@price", "quantity": "1"}],
    ("subscription", "items"): [
        {
            "price_data": {
                "currency": "usd",
                "product": "@product",
                "recurring": {"interval": "month"},
                "unit_amount": "500",
            }
        }
    ],
    ("subscription_item", "price"): "@plan",
    ("subscription_schedule", "phases"): [{"items": [{"price": "@plan"}]}],
}


class Values:
    """Values of the parameters of requests to an emulator: the objects that they name are created first."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self._ids: dict[str, str | None] = {}
        self._count = 0

    def request(self, operation: Operation) -> tuple[str, dict[str, Any]] | None:
        """The path and the body of a valid request, on an object made for it alone; None where none can be made."""
        before = self._prepared(STATES[operation.id]) if operation.id in STATES else None
        path = self._path(operation, before)
        if path is None:
            return None
        own = BODIES.get(operation.id)
        return path, self.body(operation) if own is None else self._known(own, before or "")

    def _path(self, operation: Operation, before: str | None) -> str | None:
        path, templates = operation.path, _TEMPLATE.findall(operation.path)
        below = operation.parent not in ("-", operation.object)
        for place, template in enumerate(templates):
            parent = below and place == 0
            last = before if place == len(templates) - 1 else None
            found = last or (self.one(operation.parent) if parent else self._fresh(operation, path, template))
            if found is None:
                return None
            path = path.replace(template, found, 1)
        return path

    def _fresh(self, operation: Operation, path: str, template: str) -> str | None:
        """The id of a new object, below the path so far where it is made there."""
        above = path.partition(f"/{template}")[0]
        creates = (each for each in catalog.operations() if each.verb == "create" and each.object == operation.object)
        for create in creates:
            if endpoints.endpoint(create) and create.path == operation.path.partition(f"/{template}")[0]:
                return self._id(self._send(create, above))
        self.forget(operation.object)
        return self.one(operation.object)

    def _send(self, create: Operation, path: str) -> Any:
        body = self.body(create)
        if create.v2:
            return self.api.v2("POST", path.removeprefix("/v2"), body)
        return self.api.post(path, body)

    @staticmethod
    def _id(response: Any) -> str | None:
        return str(response.body["id"]) if response.status == 200 and response.body.get("id") else None

    def forget(self, name: str) -> None:
        """The next object of a name is a new one."""
        self._ids.pop(name, None)

    def body(self, operation: Operation, *, whole: bool = False) -> dict[str, Any]:
        """A valid body with the required parameters, or with all of those that can be generated."""
        body = self._object(operation.params, operation.object, whole=whole)
        if operation.verb == "create":
            for names in (*OBJECTS.get(operation.object, Facts()).needs.split(), *NEEDED.get(operation.object, ())):
                one = names.split("|")[0]
                if one in operation.params.params:
                    body.setdefault(one, self._named(operation.params.params[one].type, one, operation.object))
        return {name: value for name, value in body.items() if value is not None}

    def _object(self, params: spec.Object, name: str, *, whole: bool) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, param in params.params.items():
            if (param.required or whole) and key != "expand":
                value = self._named(param.type, key, name)
                if value is not None:
                    found[key] = value
        return found

    def _value(self, kind: spec.Type, key: str, name: str) -> Any:  # noqa: PLR0911 - a case for each kind
        match kind:
            case spec.Boolean():
                return "true"
            case spec.Integer(minimum):
                return str(minimum or 1)
            case spec.Decimal():
                return "1.5"
            case spec.Enum(values):
                return values[0]
            case spec.String():
                target = _referred(name, key)
                return self.one(target) if target else self._text(kind)
            case spec.Array(item):
                value = self._value(item, key, "")
                return None if value is None else [value]
            case spec.Object():
                return self._object(kind, "", whole=False) or self._first(kind)
            case spec.Map(inner):
                return {"usd" if isinstance(inner, spec.Object) else "key": self._value(inner, key, "")}
            case spec.AnyOf(options):
                return self._value(options[0], key, name)
        raise TypeError(kind)

    def _text(self, kind: spec.String) -> str:
        """A text that no other request has sent, where it may be as long."""
        if kind.format in TEXTS or (kind.max_length or SHORT) < SHORT:
            return TEXTS.get(kind.format or "", "text"[: kind.max_length])
        self._count += 1
        return f"text{self._count}"

    def _named(self, kind: spec.Type, key: str, name: str) -> Any:
        """The value of a parameter: one of the table, or one of its type."""
        known = HASHES.get((name, key))
        return self._value(kind, key, name) if known is None else self._known(known)

    def _known(self, value: Any, last: str = "") -> Any:
        """A value of the tables: `@` begins the object that it names, `{}` is the object that was made before, `^` a new text."""
        if isinstance(value, dict):
            return {key: self._known(each, last) for key, each in value.items()}
        if isinstance(value, list):
            return [self._known(each, last) for each in value]
        return (
            self.one(value[1:]) if value[0] == "@" else {"{}": last, "^": self._text(spec.String())}.get(value, value)
        )

    def _first(self, kind: spec.Object) -> Any:
        """A hash with the first of its parameters that has a value."""
        for key, param in kind.params.items():
            value = self._value(param.type, key, "")
            if value is not None:
                return {key: value}
        return None

    def one(self, name: str) -> str | None:
        """The id of an object of a name, created at first; None where none can be."""
        if name in NAMED:
            return NAMED[name]
        if name not in self._ids:
            self._ids[name] = None  # a parameter for an object of the same kind is omitted
            if name in PREPARED:
                self._ids[name] = self._prepared(PREPARED[name])
                return self._ids[name]
            create = creation(name)
            if create is not None:
                self._ids[name] = self._id(self._send(create, create.path))
        return self._ids[name]

    def _prepared(self, steps: list[tuple[str, Any]]) -> str:
        """The id of the object of the last step; a meter event has an identifier."""
        identifier = ""
        for path, params in steps:
            response = self.api.post(path.format(identifier), self._known(params, identifier))
            assert response.status == 200, response.body
            identifier = str(response.body.get("id") or response.body["identifier"])
        return identifier


# Objects in a state that a request needs, with the requests that lead to it; `{}` is the id of the step before.
PREPARED: dict[str, list[tuple[str, Any]]] = {
    "open invoice": [
        ("/v1/invoices", {"customer": "@customer"}),
        ("/v1/invoices/{}/add_lines", {"lines": [{"amount": "1000"}]}),
        ("/v1/invoices/{}/finalize", {}),
    ],
}


INPUTS = {"inputs": [{"type": "text", "custom_text": {"title": "Name"}}]}
READER: list[tuple[str, Any]] = [("/v1/terminal/readers", {"registration_code": "simulated-wpe"})]
COLLECTING = [*READER, ("/v1/terminal/readers/{}/collect_inputs", INPUTS)]
ADDRESS = {"city": "Berlin", "country": "DE", "line1": "Street 1", "postal_code": "10115"}
SHIPPED: list[tuple[str, Any]] = [
    (
        "/v1/issuing/cards",
        {
            "cardholder": "@issuing.cardholder",
            "currency": "usd",
            "type": "physical",
            "shipping": {"name": "Jenny", "address": ADDRESS},
        },
    ),
    ("/v1/test_helpers/issuing/cards/{}/shipping/ship", {}),
]
METER: tuple[str, Any] = (
    "/v1/billing/meters",
    {"display_name": "Walk", "event_name": "walk", "default_aggregation": {"formula": "count"}},
)
METERED = {"event_name": "walk", "payload": {"stripe_customer_id": "cus_walk", "meter": "@walk meter"}}
SECRET = {"name": "walk", "scope": {"type": "account"}}
TAXED: tuple[str, Any] = (
    "/v1/tax/calculations",
    {"currency": "usd", "customer": "@customer", "line_items": [{"amount": "5"}]},
)
QUOTED: list[tuple[str, Any]] = [
    ("/v1/quotes", {"customer": "@customer", "line_items": [{"price": "@price"}]}),
    ("/v1/quotes/{}/finalize", {}),
]
OPEN = PREPARED["open invoice"]
DRAFT = OPEN[:2]
# The same by operation, for the object of its path or of its body.
STATES: dict[str, list[tuple[str, Any]]] = {
    "GetAppsSecretsFind": [("/v1/apps/secrets", {**SECRET, "payload": "x"})],
    "PostAppsSecretsDelete": [("/v1/apps/secrets", {**SECRET, "payload": "x"})],
    "PostBillingAlertsIdActivate": [
        ("/v1/billing/alerts", {"alert_type": "usage_threshold", "title": "Walk"}),
        ("/v1/billing/alerts/{}/deactivate", {}),
    ],
    "PostBillingMeterEventAdjustments": [("/v1/billing/meter_events", METERED)],
    "PostBillingMetersIdReactivate": [
        ("/v1/billing/meters", {**METER[1], "event_name": "^"}),
        ("/v1/billing/meters/{}/deactivate", {}),
    ],
    "PostInvoicesInvoiceAttachPayment": OPEN,
    "PostInvoicesInvoiceLinesLineItemId": DRAFT,
    "PostInvoicesInvoiceMarkUncollectible": OPEN,
    "PostInvoicesInvoicePay": OPEN,
    "PostInvoicesInvoiceVoid": OPEN,
    "GetCreditNotesPreview": OPEN,
    "GetCreditNotesPreviewLines": OPEN,
    "PostQuotesQuoteAccept": QUOTED,
    "GetQuotesQuotePdf": QUOTED,
    "PostTaxTransactionsCreateFromCalculation": [TAXED],
    "PostTaxTransactionsCreateReversal": [
        TAXED,
        ("/v1/tax/transactions/create_from_calculation", {"calculation": "{}", "reference": "^"}),
    ],
    "PostTestHelpersIssuingCardsCardShippingDeliver": SHIPPED,
    "PostTestHelpersIssuingCardsCardShippingFail": SHIPPED,
    "PostTestHelpersIssuingCardsCardShippingReturn": SHIPPED,
    "PostTestHelpersIssuingCardsCardShippingShip": SHIPPED[:1],
    "PostTestHelpersIssuingCardsCardShippingSubmit": SHIPPED[:1],
    "PostTestHelpersTerminalReadersReaderSucceedInputCollection": COLLECTING,
    "PostTestHelpersTerminalReadersReaderTimeoutInputCollection": COLLECTING,
    "PostTestHelpersTreasuryInboundTransfersIdReturn": [
        (
            "/v1/treasury/inbound_transfers",
            {
                "amount": "5",
                "currency": "usd",
                "financial_account": "@treasury.financial_account",
                "origin_payment_method": "pm_card_visa",
            },
        ),
        ("/v1/test_helpers/treasury/inbound_transfers/{}/succeed", {}),
    ],
    "PostV2BillingMeterEventAdjustments": [("/v1/billing/meter_events", METERED)],
}
RECEIVED = {
    "amount": "5",
    "currency": "usd",
    "financial_account": "@treasury.financial_account",
    "network": "ach",
}
REPORTED = {
    "amount_requested": {"currency": "usd", "value": "1000"},
    "initiated_at": "1700000000",
    "payment_method_details": {"type": "custom"},
    "outcome": "guaranteed",
    "guaranteed": {"guaranteed_at": "1700000000"},
}
PAYING = {"payment_method": "pm_card_visa", "invoice_settings": {"default_payment_method": "pm_card_visa"}}
PREPARED["customer"] = [("/v1/customers", PAYING)]
PREPARED["payment_intent"] = [("/v1/payment_intents", {"amount": "1000", "currency": "usd"})]
PREPARED["treasury.received_credit"] = [("/v1/test_helpers/treasury/received_credits", RECEIVED)]
PREPARED["treasury.received_debit"] = [("/v1/test_helpers/treasury/received_debits", RECEIVED)]
PREPARED["issuing.transaction"] = [
    ("/v1/test_helpers/issuing/transactions/create_force_capture", {"amount": "5", "card": "@issuing.card"})
]
PREPARED["walk meter"] = [METER]
PREPARED["payment record"] = [("/v1/payment_records/report_payment", REPORTED)]
# Bodies by operation, where required parameters do not suffice.
BODIES: dict[str, dict[str, Any]] = {
    "GetAppsSecretsFind": SECRET,
    "PostAppsSecretsDelete": SECRET,
    "GetBillingCreditBalanceSummary": {"customer": "@customer", "filter": {"type": "applicability_scope"}},
    "GetBillingMetersIdEventSummaries": {"customer": "@customer", "start_time": "1700000040", "end_time": "1700003640"},
    "PostBillingMeterEventAdjustments": {"event_name": "walk", "type": "cancel", "cancel": {"identifier": "{}"}},
    "GetCreditNotesPreview": {"invoice": "{}", "amount": "5"},
    "GetCreditNotesPreviewLines": {"invoice": "{}", "amount": "5"},
    "PostInvoicesCreatePreview": {"customer": "@customer", "invoice_items": [{"amount": "5", "currency": "usd"}]},
    "PostInvoicesInvoiceAddLines": {"lines": [{"amount": "5"}]},
    "PostInvoicesInvoiceAttachPayment": {"payment_record": "@payment record"},
    "PostInvoicesInvoicePay": {"paid_out_of_band": "true"},
    "PostTaxTransactionsCreateFromCalculation": {"calculation": "{}", "reference": "^"},
    "PostTaxTransactionsCreateReversal": {"mode": "full", "original_transaction": "{}", "reference": "^"},
    "PostTerminalReadersReaderCollectInputs": INPUTS,
    "PostV2BillingMeterEventAdjustments": {
        "event_name": "walk",
        "type": "cancel",
        "cancel": {"identifier": "{}"},
    },
    "PostTestHelpersTestClocksTestClockAdvance": {"frozen_time": "2000000000"},
    "PostV2BillingMeterEvents": METERED,
    "GetPricesSearch": {"query": "active:'true'"},
    "GetProductsSearch": {"query": "active:'true'"},
}


def creation(name: str) -> Operation | None:
    """The operation that creates an object, without a parent."""
    found = (each for each in catalog.operations() if each.object == name and each.verb == "create")
    return next((each for each in found if "{" not in each.path and endpoints.endpoint(each)), None)


# Test names that make an object.
NAMED = {"payment_method": "pm_card_visa", "query": "created>0"}
# Parameters that take an id, where their place does not decide its kind.
BY_NAME = {
    "cardholder": "issuing.cardholder", "card": "issuing.card", "customer": "customer", "meter": "billing.meter",
    "entitlement_feature": "entitlements.feature", "payment_intent": "payment_intent", "setup_intent": "setup_intent",
    "query": "query", "value_list": "radar.value_list", "received_credit": "treasury.received_credit", "received_debit": "treasury.received_debit", "physical_bundle": "issuing.physical_bundle", "price": "price", "product": "product", "subscription": "subscription", "tax_rates": "tax_rate",
    "default_tax_rates": "tax_rate", "payment_method": "payment_method", "transaction": "issuing.transaction",
}  # fmt: skip


def _referred(name: str, key: str) -> str | None:
    """The object whose id a parameter takes, by the field of the response that has its name."""
    if key in BY_NAME:
        return BY_NAME[key]
    if not name:
        return None
    found = catalog.schema(name)
    kind = found.properties[key].type if isinstance(found, shape.Object) and key in found.properties else None
    if isinstance(kind, shape.Union):
        kind = next((each for each in kind.options if isinstance(each, shape.Expandable)), None)
    return kind.resources[0] if isinstance(kind, shape.Expandable) else None
