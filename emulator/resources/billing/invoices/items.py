"""`/v1/invoiceitems`: an amount, or a price in a quantity, pending or on a draft."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from functools import partial
from typing import Any

from emulator import catalog, errors
from emulator.catalog.versions import Version
from emulator.errors import StripeError
from emulator.model.answering.verbs import V1
from emulator.model.declaration.endpoint import Call, Scope
from emulator.model.declaration.private import kept
from emulator.model.declaration.resource import Events, Fields, Resource, Shared
from emulator.model.stored import objects
from emulator.model.stored.metadata import merged
from emulator.model.stored.objects import of_id
from emulator.model.stored.recipes import Recipe, make
from emulator.model.stored.stored import CLOCK, decode, keys_of, sent, shared, stored
from emulator.resources.billing.base import amounts, clocks
from emulator.resources.billing.base.before_basil import BASIL
from emulator.resources.billing.invoices.drafts import CUSTOMER, INVOICE, put
from emulator.resources.billing.invoices.kept import InvoiceItemState
from emulator.resources.billing.invoices.lines import (
    HIDDEN_PRICES,
    ITEM,
    hidden_price,
    item_of,
    lines_of,
    of_item,
    pricing,
)
from emulator.resources.billing.products.line_items import discounts_of, price_of, product_name
from emulator.resources.billing.products.redemption import DiscountState, Purchase, place
from emulator.resources.money.currencies import check_currency
from emulator.resources.money.holders import default_currency
from emulator.schema import spec
from emulator.schema.check import Params, Value
from emulator.schema.trees import hash_at, hash_in, integer
from emulator.store.orders import Key
from emulator.store.table import Row
from emulator.wire.json import Json

SUBSCRIPTION = "subscription"
FILTERS = (CUSTOMER, "customer_account", INVOICE)
PATHS = tuple((name,) for name in FILTERS)  # of the fields that are filtered by
REQUEST_ONLY = frozenset(
    """
    customer discounts invoice price price_data subscription tax_behavior tax_code unit_amount unit_amount_decimal
    """.split()
)
OLD_PARAMS: Mapping[str, spec.Param] = {
    "price": spec.Param(spec.String(5000)),
    "unit_amount": spec.Param(spec.Integer()),
}  # of versions before basil (official)
PRICED = frozenset(
    (*OLD_PARAMS, "amount", "price_data", "pricing", "quantity", "quantity_decimal", "unit_amount_decimal")
)
# The fields of a new item, which those that are cleared have again.
START: Mapping[str, Json] = {
    "discountable": True,
    "discounts": [],
    "frozen_fields": [],
    "invoicing_rules": [],
    "proration": False,
    "quantity": 1,
    "tax_rates": [],
}


def add(scope: Scope, fields: Fields) -> Row[bytes]:
    """A new item of a customer, pending unless it has an invoice.

    `scope` is the moment as the customer sees it; `fields` has the customer, the amount, the currency and the pricing.
    """
    customer = objects.get(scope, CUSTOMER, str(fields.get(CUSTOMER) or ""))
    own: Fields = {
        **START,
        "date": scope.now,
        "metadata": {},
        "period": {"end": scope.now, "start": scope.now},
        CLOCK: shared(customer).get(CLOCK) if customer is not None else None,
        **fields,
    }
    own.setdefault("quantity_decimal", str(own["quantity"]))
    identifier = scope.sandbox.ids.in_account("ii", scope.outside.now, scope.owner)
    return objects.add(scope, ITEM, identifier, own, str(own[CUSTOMER]) if own.get(CUSTOMER) else None)


# --- amounts ------------------------------------------------------------------------------------------------------


def amount(call: Call, params: Params, currency: str) -> Fields:
    """The amount, the price and the quantity that parameters of an item or a line give. Raises StripeError."""
    params = _named(params)
    quantity = integer(params, "quantity", 1)
    own: Fields = {"quantity": quantity, "quantity_decimal": str(params.get("quantity_decimal") or quantity)}
    data, named = hash_in(params, "price_data"), hash_in(params, "pricing").get("price")
    if data or named:
        priced: Params = {"price": str(named)} if named else {"price_data": hash_at(params, "price_data")}
        price = amounts.charged(price_of(call, priced, "pricing" if named else ""), currency)
        if price.get("recurring"):
            raise errors.recurring_price_of_item()
        details: Json = {"price": price["id"], "product": price["product"]}
        return {
            **own,
            "amount": amounts.amount_of(price, quantity),
            "currency": price["currency"],
            "pricing": pricing(details, price["unit_amount_decimal"]),
        }
    whole, each = params.get("amount"), params.get("unit_amount_decimal")
    if whole is None and each is None:
        raise errors.missing_param(("amount",))
    if whole is not None and "quantity" in params:
        raise errors.exclusive_params([("amount",), ("quantity",)])
    unit = str(whole) if whole is not None else str(each)
    total = integer(params, "amount") if whole is not None else _times(str(each), quantity)
    details = hidden_price(call.scope, unit, currency, params.get("description"))
    return {**own, "amount": total, "currency": currency, "pricing": pricing(details, unit)}


def _named(params: Params) -> Params:
    """Parameters under their present names."""
    found: Params = {name: value for name, value in params.items() if name not in OLD_PARAMS}
    if params.get("price"):
        found["pricing"] = {"price": params["price"]}
    if "unit_amount" in params:
        found["unit_amount_decimal"] = str(params["unit_amount"])
    return found


def _times(unit: str, quantity: int) -> int:
    return int((Decimal(unit) * quantity).to_integral_value(ROUND_HALF_UP))


# --- endpoints ----------------------------------------------------------------------------------------------------


def _create(call: Call) -> Json:
    """POST /v1/invoiceitems. An item of a draft is its first line. Raises StripeError."""
    invoice, customer = _invoice(call), _customer(call)
    customer = customer or (str(shared(invoice)[CUSTOMER]) if invoice is not None else "")
    scope = clocks.scope_of_customer(call.scope, customer)
    subscription = _subscription(call)
    fields: Fields = {
        **sent(ITEM, call, REQUEST_ONLY),
        **amount(call, call.params, _currency(call, scope, customer, invoice)),
        CUSTOMER: customer,
        "metadata": dict(merged({}, call.params.get("metadata"))),
        **({"parent": _parent(subscription)} if subscription else {}),
    }
    if not fields.get("description"):
        fields["description"] = _product_name(call, fields)
    if "discounts" in call.params:
        fields["discounts"] = discounts_of(call, call.params, customer=customer, **kept(DiscountState(_direct=True)))
    row = add(scope, {**fields, **({INVOICE: invoice.id} if invoice is not None else {})})
    place(scope, fields.get("discounts"), invoice_item=row.id)
    if invoice is not None:
        put(scope, invoice, decode(invoice), [of_item(scope, row.id, shared(row)), *lines_of(shared(invoice))])
    return ITEMS.respond(call, row)


def _product_name(call: Call, fields: Fields) -> Json:
    """The description of an item of a price that a request gives none: the name of the product (observed)."""
    return product_name(call, hash_in(hash_in(fields, "pricing"), "price_details"))


def _invoice(call: Call) -> Row[bytes] | None:
    """The draft that a request names. Raises StripeError for an invoice in another state."""
    named = call.params.get(INVOICE)
    row = of_id(call, INVOICE, str(named), INVOICE) if named else None
    if row is not None and shared(row)["status"] != "draft":
        raise errors.invoice_not_editable()
    return row


def _customer(call: Call) -> str:
    """The customer of a request, empty where its invoice has one. Raises StripeError."""
    if call.params.get("customer_account"):
        raise errors.param_not_emulated(("customer_account",))
    identifier = call.params.get(CUSTOMER)
    if not identifier and not call.params.get(INVOICE):
        raise errors.missing_param((CUSTOMER,))
    return of_id(call, CUSTOMER, str(identifier), CUSTOMER).id if identifier else ""


def _subscription(call: Call) -> str | None:
    named = call.params.get(SUBSCRIPTION)
    return of_id(call, SUBSCRIPTION, str(named), SUBSCRIPTION).id if named else None


def _parent(subscription: str) -> Json:
    details: Json = {SUBSCRIPTION: subscription}
    return {"subscription_details": details, "type": "subscription_details"}


def _currency(call: Call, scope: Scope, customer: str, invoice: Row[bytes] | None) -> str:
    """The currency: the parameter's, the invoice's, the customer's, or the account's. Raises StripeError."""
    if call.params.get("currency"):
        return check_currency(str(call.params["currency"]))
    rows = (invoice, objects.get(scope, CUSTOMER, customer))
    known = (shared(row).get("currency") for row in rows if row is not None)
    return str(next(filter(None, known), None) or default_currency(scope.sandbox, scope.owner))


def _update(call: Call, row: Row[bytes], fields: Fields) -> Fields:
    """The fields after an update, and the line of the item. Raises StripeError once its invoice is final."""
    stored_fields = shared(row)
    scope = clocks.scope_of_customer(call.scope, stored_fields.get(CUSTOMER))
    invoice = objects.get(scope, INVOICE, str(stored_fields.get(INVOICE) or ""))
    if stored_fields.get(INVOICE) and invoice is None:
        raise errors.invoice_item_deleted()
    if invoice is not None and shared(invoice)["status"] != "draft":
        raise errors.invoice_not_editable()
    if PRICED & call.params.keys():
        fields = {**fields, **amount(call, _with_price(call, stored_fields), str(stored_fields["currency"]))}
    if "discounts" in call.params:
        buyer = Purchase(stored_fields.get(CUSTOMER))
        fields["discounts"] = discounts_of(call, call.params, buyer, customer=buyer.customer, invoice_item=row.id)
    if invoice is not None:
        found = decode(invoice)
        lines = [of_item(scope, row.id, fields) if item_of(line) == row.id else line for line in lines_of(found)]
        put(scope, invoice, found, lines)
    return fields


def _with_price(call: Call, fields: Shared) -> Params:
    """The parameters of an update, with the price of the item where they give another quantity alone."""
    if (PRICED - {"quantity", "quantity_decimal"}) & call.params.keys():
        return call.params
    details = hash_in(hash_in(fields, "pricing"), "price_details")
    known = objects.get(call.scope, "price", str(details.get("price")))
    if known is not None:
        return {**call.params, "pricing": {"price": known.id}}
    return {**call.params, "unit_amount_decimal": str(hash_in(fields, "pricing").get("unit_amount_decimal"))}


def _delete(call: Call, row: Row[bytes]) -> None:
    """Removes the line of an item. Raises StripeError once its invoice is final."""
    scope = clocks.scope_of_customer(call.scope, shared(row).get(CUSTOMER))
    invoice = objects.get(scope, INVOICE, str(shared(row).get(INVOICE) or ""))
    if invoice is None:
        return
    found = decode(invoice)
    if found["status"] != "draft":
        raise errors.invoice_item_attached()
    put(scope, invoice, found, [line for line in lines_of(found) if item_of(line) != row.id])


def _keys(data: bytes) -> tuple[Key, ...]:
    """The keys of the filters, and that of pending items: their customer."""
    found = keys_of(PATHS, data)
    customer, _, invoice = found
    return (*found, customer if invoice is None else None)


def _missing(_: Resource[Any], call: Call, template: str) -> StripeError:
    return errors.no_such_invoice_item(call.path[template], "live" if call.sandbox.livemode else "test")


def _is_pending(row: Row[bytes], value: Value) -> bool:
    return (shared(row).get(INVOICE) is None) == value


def _params(operation: str, version: Version) -> spec.Object:
    known = catalog.operation(operation).params.params
    return spec.Object({**known, **(OLD_PARAMS if version.date < BASIL else {})})


def _unknown(scope: Scope, _: str, __: str | None) -> Fields:
    return {"amount": 1000, "currency": "usd", "date": scope.now}


RECIPE = Recipe(sent={"customer": "@customer", "amount": 1000, "currency": "usd"})
ITEMS = stored(
    ITEM,
    "ii",
    noun="Invoice Item",
    param="id",
    private=InvoiceItemState,
    start=START,
    absent=["net_amount", "proration_details"],
    request_only=REQUEST_ONLY,
    filters=FILTERS,
    keys=_keys,
    matches={"pending": _is_pending},
    update=_update,
    delete=_delete,
    events=Events("invoiceitem.created", None, "invoiceitem.deleted"),
    style=V1._replace(missing=_missing),
    unknown=partial(make, ITEM, "ii", _unknown, RECIPE),
    params={
        "create": partial(_params, "PostInvoiceitems"),
        "update": partial(_params, "PostInvoiceitemsInvoiceitem"),
    },
    verbs={"create": _create},
)
RESOURCES = (ITEMS, HIDDEN_PRICES)
