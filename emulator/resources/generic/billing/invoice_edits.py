"""Changes of the lines of a draft invoice: lines are added, updated and removed, one or several."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from emulator import errors
from emulator.resources import objects, verbs
from emulator.resources.billing.products.line_items import discounts_of, rates_of
from emulator.resources.endpoint import Call
from emulator.resources.generic.base.additions import Additions, added, declared, hash_in, list_in, of_id
from emulator.resources.generic.base.lists import shown_item
from emulator.resources.generic.billing.invoice_items import amount, item_of, put
from emulator.resources.generic.billing.invoice_lines import ITEM, LINE, line_of_item, lines_of, with_lines
from emulator.resources.metadata import merged
from emulator.resources.resource import Fields
from emulator.resources.stored import Update, decode
from emulator.schema.check import Params
from emulator.store.table import Row
from emulator.wire.json import Json

INVOICE = "invoice"
PRICED = ("amount", "price_data", "pricing")
TEXTS = ("description", "discountable", "period")
Edit = Callable[[Call, Row[bytes], Fields], list[Fields]]


def _edit(change: Edit, call: Call, row: Row[bytes], fields: Fields) -> Fields:
    """The draft with other lines. Raises StripeError for an invoice in another state."""
    if fields.get("status") != "draft":
        raise errors.invoice_not_editable()
    lines = [{**line, "invoice": row.id} for line in change(call, row, fields)]
    currency = {"currency": lines[0]["currency"]} if lines else {}
    metadata = call.params.get("invoice_metadata")
    own = {"metadata": dict(merged(_texts(fields), metadata))} if metadata is not None else {}
    return with_lines(call, {**fields, **currency, **own}, lines)


def _texts(fields: Fields) -> Mapping[str, str]:
    return {name: str(value) for name, value in hash_in(fields, "metadata").items()}


def _add(call: Call, row: Row[bytes], fields: Fields) -> list[Fields]:
    """New lines come first; each is an invoice item, pending or new (official)."""
    lines = lines_of(fields)
    for place, each in enumerate(list_in(call.params, "lines")):
        item = _item(call, row, fields, each, f"lines[{place}]")
        lines = [line_of_item(call, item.id, decode(item)), *lines]
    return lines


def _item(call: Call, row: Row[bytes], invoice: Fields, sent: Params, path: str) -> Row[bytes]:
    if sent.get("invoice_item"):
        item = of_id(call, ITEM, str(sent["invoice_item"]), f"{path}[invoice_item]")
        return objects.change(call.scope, ITEM, item, invoice=row.id)
    _check(sent, path)
    period: Json = {"end": call.now, "start": call.now}
    fields: Fields = {
        "customer": invoice.get("customer"),
        "date": call.now,
        "discountable": True,
        "discounts": discounts_of(call, sent, invoice=row.id),
        "frozen_fields": [],
        "invoice": row.id,
        "invoicing_rules": [],
        "metadata": dict(merged({}, sent.get("metadata"))),
        "period": period,
        "tax_rates": list(rates_of(call, sent, path)),
        **{name: sent[name] for name in TEXTS if name in sent},
        **amount(call, sent, str(invoice.get("currency"))),
    }
    return added(call, ITEM, fields)


def _check(sent: Params, path: str) -> None:
    if "amount" in sent and "quantity" in sent:
        raise errors.exclusive_amount_and_quantity(path)
    if sent.get("tax_amounts"):
        raise errors.param_not_emulated((path, "tax_amounts"))


def _update_lines(call: Call, _: Row[bytes], fields: Fields) -> list[Fields]:
    lines = lines_of(fields)
    for place, each in enumerate(list_in(call.params, "lines")):
        found = _found(lines, str(each["id"]), f"lines[{place}][id]")
        changed = _changed(call, found, each, f"lines[{place}]")
        lines = [changed if line["id"] == found["id"] else line for line in lines]
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
        own["_rates"] = list(rates_of(call, sent, path))
    if any(name in sent for name in PRICED):
        own |= amount(call, {"description": str(line.get("description")), **sent}, str(line["currency"]))
    elif "quantity" in sent:
        own |= amount(call, {**_priced(line), **sent}, str(line["currency"]))
    return {**line, **own}


def _priced(line: Fields) -> Params:
    return {"unit_amount_decimal": str(hash_in(line, "pricing").get("unit_amount_decimal"))}


def _remove(call: Call, _: Row[bytes], fields: Fields) -> list[Fields]:
    """Removed lines: their items are deleted, or become pending again (official)."""
    lines = lines_of(fields)
    for place, each in enumerate(list_in(call.params, "lines")):
        found = _found(lines, str(each["id"]), f"lines[{place}][id]")
        item = objects.get(call.scope, ITEM, str(item_of(found) or ""))
        if item is not None and each.get("behavior") == "delete":
            call.sandbox.table(ITEM).remove(item.owner, item.id)
        elif item is not None:
            objects.change(call.scope, ITEM, item, invoice=None)
        lines = [line for line in lines if line["id"] != found["id"]]
    return lines


def _found(lines: list[Fields], identifier: str, path: str) -> Fields:
    found = next((line for line in lines if line["id"] == identifier), None)
    if found is None:
        raise errors.no_such("invoice line item", identifier, path)
    return found


def _update_line(call: Call) -> Json:
    """POST /v1/invoices/{invoice}/lines/{line_item_id}, which responds with the line. Raises StripeError."""
    row = verbs.found(declared(INVOICE), verbs.Place("invoice"), call)
    fields = decode(row)
    if fields.get("status") != "draft":
        raise errors.invoice_not_editable()
    identifier = call.path["line_item_id"]
    lines = lines_of(fields)
    found = next((line for line in lines if line["id"] == identifier), None)
    if found is None:
        raise errors.no_such("invoice line item", identifier, "line_item_id", 404)
    changed = _changed(call, found, call.params, "")
    after = decode(put(call, row, fields, [changed if line["id"] == identifier else line for line in lines]))
    return shown_item(next(each for each in lines_of(after) if each["id"] == identifier))


EDITS: Mapping[str, Update] = {
    "add_lines": partial(_edit, _add),
    "remove_lines": partial(_edit, _remove),
    "update_lines": partial(_edit, _update_lines),
}
LINES = {LINE: Additions(verbs={"update": _update_line})}
