"""Changes of the lines of a draft invoice: lines are added, updated and removed, one or several."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from emulator import errors
from emulator.model.answering.paging import SequenceSource, listing, page
from emulator.model.declaration.endpoint import Call, Scope
from emulator.model.declaration.private import kept, public
from emulator.model.declaration.resource import Fields
from emulator.model.stored import objects
from emulator.model.stored.metadata import merged
from emulator.model.stored.objects import of_id
from emulator.model.stored.stored import decode, shared, stored
from emulator.resources.billing.base import clocks
from emulator.resources.billing.invoices.drafts import INVOICE, changed, put
from emulator.resources.billing.invoices.items import add, amount
from emulator.resources.billing.invoices.kept import LineState
from emulator.resources.billing.invoices.lines import ITEM, LINE, item_of, lines_of, of_item
from emulator.resources.billing.products.line_items import discounts_of, rates_of
from emulator.resources.billing.products.redemption import Purchase
from emulator.schema.check import Params
from emulator.schema.trees import hash_in, list_in
from emulator.store.table import Row
from emulator.wire.json import Json

PRICED = ("amount", "price_data", "pricing")
TEXTS = ("description", "discountable", "period")
Edit = Callable[[Call, Scope, Row[bytes]], list[Fields]]
Change = Callable[[Call, Scope, Row[bytes]], Row[bytes]]


def _edit(change: Edit, call: Call, scope: Scope, row: Row[bytes]) -> Row[bytes]:
    """The draft with other lines. Raises StripeError for an invoice in another state."""
    fields = decode(row)
    if fields["status"] != "draft":
        raise errors.invoice_not_editable()
    metadata = call.params.get("invoice_metadata")
    own: Fields = {"metadata": dict(merged(_texts(fields), metadata))} if metadata is not None else {}
    return objects.replace(scope, INVOICE, row, changed(scope, row, {**fields, **own}, change(call, scope, row)))


def _texts(fields: Fields) -> Mapping[str, str]:
    return {name: str(value) for name, value in hash_in(fields, "metadata").items()}


def _add(call: Call, scope: Scope, row: Row[bytes]) -> list[Fields]:
    """New lines come first; each is an invoice item, pending or new (official)."""
    lines = lines_of(shared(row))
    for place, each in enumerate(list_in(call.params, "lines")):
        item = _item(call, scope, row, each, f"lines[{place}]")
        lines = [of_item(scope, item.id, shared(item)), *lines]
    return lines


def _item(call: Call, scope: Scope, row: Row[bytes], sent: Params, path: str) -> Row[bytes]:
    if sent.get("invoice_item"):
        item = of_id(call, ITEM, str(sent["invoice_item"]), f"{path}[invoice_item]")
        return objects.change(scope, ITEM, item, invoice=row.id)
    _check(sent, path)
    invoice = shared(row)
    fields: Fields = {
        "customer": invoice.get("customer"),
        "discounts": discounts_of(call, sent, Purchase(invoice.get("customer")), invoice=row.id),
        "invoice": row.id,
        "metadata": dict(merged({}, sent.get("metadata"))),
        "tax_rates": list(rates_of(call, sent, path)),
        **{name: sent[name] for name in TEXTS if name in sent},
        **amount(call, sent, str(invoice["currency"])),
    }
    return add(scope, fields)


def _check(sent: Params, path: str) -> None:
    if "amount" in sent and "quantity" in sent:
        raise errors.exclusive_amount_and_quantity(path)
    if sent.get("tax_amounts"):
        raise errors.param_not_emulated((path, "tax_amounts"))


def _update_lines(call: Call, _: Scope, row: Row[bytes]) -> list[Fields]:
    lines = lines_of(shared(row))
    for place, each in enumerate(list_in(call.params, "lines")):
        found = _found(lines, str(each["id"]), f"lines[{place}][id]")
        after = _changed(call, found, each, f"lines[{place}]")
        lines = [after if line["id"] == found["id"] else line for line in lines]
    return lines


def _changed(call: Call, line: Fields, sent: Params, path: str) -> Fields:
    """A line after an update; another amount makes another price (observed)."""
    _check(sent, path)
    own: Fields = {name: sent[name] for name in TEXTS if name in sent}
    if "metadata" in sent:
        own["metadata"] = dict(merged(_texts(line), sent["metadata"]))
    if "discounts" in sent:
        own["discounts"] = discounts_of(call, sent)
    if "tax_rates" in sent:
        own |= kept(LineState(_rates=rates_of(call, sent, path)))
    if any(name in sent for name in PRICED):
        own |= amount(call, {"description": str(line.get("description")), **sent}, str(line["currency"]))
    elif "quantity" in sent:
        own |= amount(call, {**_priced(line), **sent}, str(line["currency"]))
    return {**line, **own}


def _priced(line: Fields) -> Params:
    return {"unit_amount_decimal": str(hash_in(line, "pricing").get("unit_amount_decimal"))}


def _remove(call: Call, scope: Scope, row: Row[bytes]) -> list[Fields]:
    """Removed lines: their items are deleted, or become pending again (official)."""
    lines = lines_of(shared(row))
    for place, each in enumerate(list_in(call.params, "lines")):
        found = _found(lines, str(each["id"]), f"lines[{place}][id]")
        item = objects.get(scope, ITEM, item_of(found))
        if item is not None and each.get("behavior") == "delete":
            objects.remove(scope, ITEM, item.id)
        elif item is not None:
            objects.change(scope, ITEM, item, invoice=None)
        lines = [line for line in lines if line["id"] != found["id"]]
    return lines


def _found(lines: list[Fields], identifier: str, path: str, status: int = 400) -> Fields:
    found = next((line for line in lines if line["id"] == identifier), None)
    if found is None:
        raise errors.no_such("invoice line item", identifier, path, status)
    return found


def _row(call: Call) -> Row[bytes]:
    return of_id(call, INVOICE, call.path["invoice"], "invoice", 404)


def _update_line(call: Call) -> Json:
    """POST /v1/invoices/{invoice}/lines/{line_item_id}, which responds with the line. Raises StripeError."""
    row = _row(call)
    fields, identifier = decode(row), call.path["line_item_id"]
    if fields["status"] != "draft":
        raise errors.invoice_not_editable()
    lines = lines_of(fields)
    after = _changed(call, _found(lines, identifier, "line_item_id", 404), call.params, "")
    scope = clocks.scope_of_customer(call.scope, fields.get("customer"))
    row = put(scope, row, fields, [after if line["id"] == identifier else line for line in lines])
    return public(_found(lines_of(shared(row)), identifier, "line_item_id", 404))


def _list(call: Call) -> Json:
    """GET /v1/invoices/{invoice}/lines. Raises StripeError."""
    row = _row(call)
    lines = [{**line, "invoice": row.id} for line in lines_of(shared(row))]
    found = page(call, SequenceSource(lines, lambda each: str(each["id"])), noun=LINE)
    return listing([public(each) for each in found.rows], call.url, has_more=found.has_more)


EDITS: Mapping[str, Change] = {
    "add_lines": partial(_edit, _add),
    "remove_lines": partial(_edit, _remove),
    "update_lines": partial(_edit, _update_lines),
}
LINES = stored(LINE, "il", verbs={"update": _update_line, "list": _list})
