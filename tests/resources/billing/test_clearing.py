"""An empty value clears one parameter of an object, and all that depends on the object goes on."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest

from emulator import catalog
from emulator.catalog import Operation
from emulator.resources import table
from emulator.schema import spec

from ...api import Answer
from ..generic.shapes import faults
from ..money.tills import DAY, Till

ADDRESS = {"city": "Berlin", "country": "DE", "line1": "Street 1", "postal_code": "10115"}
SHIPPING = {"name": "Jenny Rosen", "address": ADDRESS}
AREAS = ("billing", "payments")
CARD = "pm_card_visa"


class Shop:
    """A sandbox with an object of each kind whose parameters can be cleared: all of them are set."""

    def __init__(self) -> None:
        self.till = Till()
        self.api = self.till.api
        self.ids: dict[str, str] = {}
        seller = self.till.seller()
        self.paid = {"transfer_data": {"destination": seller}, "on_behalf_of": seller}
        self.reduced = self.taxed = self.sale = ""
        self._products()
        self._bills()
        self._payments()

    def make(self, kind: str, path: str, **params: Any) -> str:
        """The id of a new object, which is the one of its kind."""
        answer = self.api.post(f"/v1/{path}", params)
        assert answer.status == 200, (path, answer.body)
        self.ids[kind] = str(answer.body["id"])
        return self.ids[kind]

    def _products(self) -> None:
        package = {"height": "1", "length": "1", "weight": "1", "width": "1"}
        product = self.make(
            "product", "products", name="Tea", description="Green", images=["https://a.example/a.png"],
            marketing_features=[{"name": "Hot"}], package_dimensions=package, tax_code="txcd_10000000",
            unit_label="cup", url="https://a.example", metadata={"a": "b"}, statement_descriptor="TEA",
        )  # fmt: skip
        many = {"eur": {"unit_amount": "900"}}
        self.sale = self.make(
            "price", "prices", product=product, currency="usd", unit_amount="1000", currency_options=many,
            nickname="Cup", lookup_key="cup",
        )  # fmt: skip
        self.price = self.make(
            "plan", "prices", product=product, currency="usd", unit_amount="1000", recurring={"interval": "month"}
        )
        self.taxed = self.make("tax_rate", "tax_rates", display_name="VAT", percentage="10", inclusive=False)
        self.reduced = self.make("coupon", "coupons", percent_off="10", duration="forever", name="Ten")
        promotion = {"type": "coupon", "coupon": self.reduced}
        self.make("promotion_code", "promotion_codes", promotion=promotion)
        self.make(
            "shipping_rate", "shipping_rates", display_name="Post", type="fixed_amount",
            fixed_amount={"amount": "500", "currency": "usd"},
        )  # fmt: skip

    def _bills(self) -> None:
        fields = [{"name": "Order", "value": "5"}]
        bills = {"default_payment_method": CARD, "custom_fields": fields, "footer": "Bye"}
        self.customer = self.make(
            "customer", "customers", name="Jenny", email="jenny@a.example", address=ADDRESS, shipping=SHIPPING,
            payment_method=CARD, invoice_settings=bills, tax_exempt="none", balance="-100", phone="555",
            description="Regular", invoice_prefix="ABC", preferred_locales=["en"],
            tax={"ip_address": "8.8.8.8"},
        )  # fmt: skip
        terms = {"discounts": [{"coupon": self.reduced}], "metadata": {"a": "b"}}
        rates = {"default_tax_rates": [self.taxed]}
        items = [{"price": self.price, "tax_rates": [self.taxed], "discounts": [{"coupon": self.reduced}]}]
        self.make(
            "subscription", "subscriptions", customer=self.customer, items=items, description="Tea", **terms,
            **rates, **self.paid, application_fee_percent="10",
        )  # fmt: skip
        shown = self.api.get(f"/v1/subscriptions/{self.ids['subscription']}").body
        self.ids["subscription_item"] = shown["items"]["data"][0]["id"]
        phases = [{"items": [{"price": self.price}], "duration": {"interval": "month", "interval_count": "2"}, **rates}]
        settings = {"description": "Tea", **self.paid}
        self.make(
            "subscription_schedule", "subscription_schedules", customer=self.customer, start_date="now",
            phases=phases, default_settings=settings, metadata={"a": "b"},
        )  # fmt: skip
        self.make(
            "invoice", "invoices", customer=self.customer, custom_fields=fields, number="N-1", footer="Bye",
            shipping_details=SHIPPING, shipping_cost={"shipping_rate": self.ids["shipping_rate"]}, **terms, **rates,
            **self.paid, application_fee_amount="100", pending_invoice_items_behavior="exclude",
        )  # fmt: skip
        item = {"customer": self.customer, "tax_rates": [self.taxed], "description": "Pot", **terms}
        self.make("item of the invoice", "invoiceitems", amount="1000", invoice=self.ids["invoice"], **item)
        self.make("invoiceitem", "invoiceitems", pricing={"price": self.sale}, **item)
        lines = self.api.get(f"/v1/invoices/{self.ids['invoice']}/lines").body["data"]
        self.ids["line_item"] = lines[0]["id"]
        lines_of_quote = [{"price": self.price, "tax_rates": [self.taxed]}]
        self.make(
            "quote", "quotes", customer=self.customer, line_items=lines_of_quote, description="Tea", footer="Bye",
            header="Offer", application_fee_percent="10", **terms, **rates, **self.paid,
        )  # fmt: skip

    def _payments(self) -> None:
        self.make(
            "payment_intent", "payment_intents", amount="1000", currency="usd", customer=self.customer,
            payment_method=CARD, shipping=SHIPPING, receipt_email="jenny@a.example", setup_future_usage="off_session",
            metadata={"a": "b"}, description="Tea", application_fee_amount="100", **self.paid,
            payment_method_types=["card"],
        )  # fmt: skip
        self.make(
            "setup_intent", "setup_intents", customer=self.customer, payment_method=CARD, metadata={"a": "b"},
            payment_method_types=["card"],
        )  # fmt: skip
        charge = self.api.post("/v1/charges", {"amount": "1000", "currency": "usd", "source": "tok_visa"}).body
        self.ids["charge"] = charge["id"]
        self.make("refund", "refunds", charge=charge["id"], amount="100", metadata={"a": "b"})
        lines = [{"price": self.sale, "quantity": "1"}]
        fields = [{"key": "size", "label": {"type": "custom", "custom": "Size"}, "type": "text"}]
        self.make(
            "payment_link", "payment_links", line_items=lines, custom_fields=fields, inactive_message="Sold",
            payment_method_types=["card"], restrictions={"completed_sessions": {"limit": "5"}},
            shipping_address_collection={"allowed_countries": ["DE"]}, metadata={"a": "b"},
        )  # fmt: skip
        self.make(
            "checkout.session", "checkout/sessions", mode="payment", line_items=lines,
            success_url="https://a.example", metadata={"a": "b"}, customer=self.customer,
        )  # fmt: skip
        features = {"invoice_history": {"enabled": True}}
        self.make(
            "billing_portal.configuration", "billing_portal/configurations", features=features, name="Own",
            default_return_url="https://a.example", metadata={"a": "b"},
        )  # fmt: skip
        self.make(
            "billing.credit_grant", "billing/credit_grants", customer=self.customer, category="paid",
            amount={"type": "monetary", "monetary": {"currency": "usd", "value": "500"}},
            applicability_config={"scope": {"price_type": "metered"}}, expires_at=str(self.till.now + 90 * DAY),
        )  # fmt: skip

    def path(self, operation: Operation) -> str | None:
        """The path of the object of an operation; None where the shop has none."""
        last = self.ids.get(operation.object)
        if last is None or operation.path.count("{") > 1 + (operation.object == "line_item"):
            return None
        *_, end = operation.path.split("/")
        whole = operation.path.replace(end, last)
        return whole.replace("{invoice}", self.ids["invoice"])

    def depend(self) -> Iterator[tuple[str, Answer]]:
        """What depends on the objects: each request, with its answer."""
        api, ids = self.api, self.ids
        named = {"customer": self.customer}
        for kind in (
            "subscriptions",
            "invoices",
            "invoiceitems",
            "payment_intents",
            "quotes",
            "subscription_schedules",
        ):
            yield kind, api.get(f"/v1/{kind}")
        yield from (
            (path, api.post(f"/v1/{path}", params))
            for path, params in (
                ("invoices/create_preview", named),
                ("invoices/create_preview", {"subscription": ids["subscription"]}),
                ("invoices/create_preview", {"schedule": ids["subscription_schedule"]}),
                (f"invoices/{ids['invoice']}/finalize", {}),
                (f"invoices/{ids['invoice']}/pay", {}),
                ("invoices", named),
                (f"payment_intents/{ids['payment_intent']}/confirm", {"return_url": "https://a.example"}),
                (f"setup_intents/{ids['setup_intent']}/confirm", {"return_url": "https://a.example"}),
                (f"quotes/{ids['quote']}/finalize", {}),
                (f"quotes/{ids['quote']}/accept", {}),
                ("subscriptions", {**named, "items": [{"price": self.price}]}),
                ("invoiceitems", {**named, "pricing": {"price": self.sale}}),
                ("billing_portal/sessions", {**named, "configuration": ids["billing_portal.configuration"]}),
                ("checkout/sessions", {**named, "mode": "payment", "success_url": "https://a.example",
                                       "line_items": [{"price": self.sale, "quantity": "1"}]}),
            )
        )  # fmt: skip
        self.till.pass_time(40 * DAY)
        yield "events", api.get("/v1/events?limit=100")
        yield "renewals", api.get(f"/v1/subscriptions/{ids['subscription']}")
        yield "invoices", api.get("/v1/invoices?limit=100&expand[]=data.payments")


# Their parts are kept for the payment alone, in one way for all types: the whole hash is cleared.
KEPT_WHOLE = frozenset(("payment_method_data", "payment_method_options"))


def clearable(params: spec.Object, path: str = "") -> Iterator[str]:
    """The parameters that an empty value clears, at any depth of hashes."""
    for name, param in params.params.items():
        place = f"{path}[{name}]" if path else name
        if param.clearable:
            yield place
        if isinstance(param.type, spec.Object) and name not in KEPT_WHOLE:
            yield from clearable(param.type, place)


def updates() -> Iterator[Operation]:
    """The updates of modelled objects of these areas that the shop has."""
    for operation in catalog.operations():
        area = table.MODULES.get(operation.object, "").partition(".")[0]
        if operation.verb == "update" and area in AREAS and not operation.v2 and SHOP.path(operation):
            yield operation


SHOP = Shop()
CASES = [(each, name) for each in updates() for name in clearable(each.params)]


@pytest.mark.parametrize(("operation", "name"), CASES, ids=[f"{each.id}-{name}" for each, name in CASES])
def test_what_depends_on_an_object_goes_on_without_a_cleared_parameter(
    operation: Operation, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    shop = Shop()
    path = shop.path(operation)
    assert path is not None
    before = set(faults(shop.api.post(path).body, operation.response))
    cleared = shop.api.post(path, f"{name}=")
    assert cleared.status in {200, 400, 501}, cleared.body
    if cleared.status == 200:
        assert set(faults(cleared.body, operation.response)) <= before
    failed = [(what, answer.body) for what, answer in shop.depend() if answer.status >= 500]
    assert failed == []
    assert [each.getMessage() for each in caplog.records if each.levelno >= logging.ERROR] == []


def test_tax_rates_of_an_item_that_are_cleared_are_an_empty_list() -> None:
    shop = Shop()
    path = f"/v1/invoiceitems/{shop.ids['invoiceitem']}"
    assert shop.api.post(path, "tax_rates=").body["tax_rates"] == []
    assert shop.api.get(path).body["tax_rates"] == []
    preview = shop.api.post("/v1/invoices/create_preview", {"customer": shop.customer})
    assert (preview.status, preview.body["object"]) == (200, "invoice")
