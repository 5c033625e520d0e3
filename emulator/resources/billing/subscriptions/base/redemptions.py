"""The discounts of subscriptions and of their items: redeemed by requests, used up by invoices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from emulator.model.declaration.endpoint import Scope
from emulator.model.declaration.resource import Fields
from emulator.model.stored.stored import shared
from emulator.resources.billing.products.line_items import discounts_of
from emulator.resources.billing.products.redemption import Purchase, terms
from emulator.resources.billing.subscriptions.base.items import due_at_once, items_of
from emulator.schema.check import Params
from emulator.schema.trees import hash_in, integer, list_in
from emulator.store.table import Row
from emulator.wire.json import Json


def of_request(scope: Scope, identifier: str, fields: Fields, sent: Params) -> list[Json]:
    """The discounts that a request gives a subscription. Raises StripeError."""
    return discounts_of(scope, sent, _purchase(fields), customer=fields["customer"], subscription=identifier)


def of_item(scope: Scope, identifier: str, fields: Fields, item: Fields, sent: Params) -> list[Json]:
    """The discounts that a request gives an item of a subscription. Raises StripeError."""
    owner = {"customer": fields["customer"], "subscription": identifier, "subscription_item": item.get("id")}
    return discounts_of(scope, sent, _purchase({**fields, "items": [item]}), **owner)


def _purchase(fields: Fields) -> Purchase:
    products = [hash_in(item, "price").get("product") for item in items_of(fields)]
    return Purchase(fields["customer"], str(fields["currency"]), due_at_once(fields), products)


def left(scope: Scope, fields: Fields, items: Sequence[Fields], invoice: Row[bytes]) -> Fields:
    """The discounts and items of a subscription after an invoice: a coupon for once is used up by it (observed)."""
    used = {
        str(each["discount"]) for each in list_in(shared(invoice), "total_discount_amounts") if integer(each, "amount")
    }
    kept: list[Json] = [{**item, "discounts": _kept(scope, item, used)} for item in items]
    return {"discounts": _kept(scope, fields, used), "items": kept}


def _kept(scope: Scope, holder: Mapping[str, Json], used: set[str]) -> list[Json]:
    found = holder.get("discounts")
    ids = [str(each) for each in found] if isinstance(found, list) else []
    return [each for each in ids if each not in used or terms(scope, each).get("duration", "once") != "once"]
