"""Tax ids of customers and of the account itself, and their verification."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import cast

from emulator import errors
from emulator.model.answering import paging, verbs
from emulator.model.answering.paging import TableSource
from emulator.model.declaration import registry
from emulator.model.declaration.endpoint import Call, Scope
from emulator.model.declaration.resource import Events, Fields
from emulator.model.stored import objects
from emulator.model.stored.stored import decode, stored
from emulator.resources.payments.methods.method_state import CUSTOMER
from emulator.sandbox.sandbox import Sandbox
from emulator.schema.trees import hash_at
from emulator.store.table import Row
from emulator.wire.json import Json

NAME = "tax_id"
MOST = 5  # of one customer (official)
VERIFICATION_SECONDS = 2  # until a check in test mode has a result
# The digits that test mode verifies, and their results (official).
RESULTS: Mapping[str, str] = MappingProxyType(
    {"000000000": "verified", "111111111": "unverified", "222222222": "pending"}
)
VERIFIED_TYPES = frozenset(("au_abn", "eu_vat", "gb_vat"))  # those that Stripe looks up (official)
_EU = "AT BE BG CY CZ DE DK EE EL ES FI FR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK XI".split()
# The formats that are checked; values of other types are accepted unchecked.
_FORMS: Mapping[str, str] = {
    "au_abn": r"[0-9]{11}",
    "br_cnpj": r"[0-9]{2}\.?[0-9]{3}\.?[0-9]{3}/?[0-9]{4}-?[0-9]{2}",
    "ca_bn": r"[0-9]{9}",
    "ch_vat": r"CHE-?[0-9]{3}\.?[0-9]{3}\.?[0-9]{3}( ?(MWST|TVA|IVA))?",
    "eu_vat": rf"({'|'.join(_EU)})[0-9A-Z]{{8,12}}",
    "gb_vat": r"(GB)?([0-9]{9}|[0-9]{12})",
    "in_gst": r"[0-9]{2}[A-Z]{5}[0-9]{4}[A-Z][0-9A-Z]{3}",
    "no_vat": r"[0-9]{9}(MVA)?",
    "nz_gst": r"[0-9]{8,9}",
    "sg_gst": r"[0-9A-Z]{9,10}",
    "us_ein": r"[0-9]{2}-?[0-9]{7}",
    "za_vat": r"4[0-9]{9}",
}


def add(scope: Scope, customer: str | None, kind: str, value: str, param: str = "value") -> Row[bytes]:
    """Store a tax id of a customer, or of the account. Raises StripeError for an invalid or a sixth one."""
    form = _FORMS.get(kind)
    if form is not None and not re.fullmatch(form, value.replace(" ", ""), re.ASCII):
        raise errors.tax_id_invalid(kind, param)
    if customer and len(list(scope.sandbox.table(NAME).newest(scope.owner, parent=customer))) >= MOST:
        raise errors.too_many_tax_ids(MOST)
    identifier = scope.sandbox.ids.in_account("txi", scope.now, scope.owner)
    return objects.add(scope, NAME, identifier, _fields(customer, kind, value), parent=customer or "")


def _fields(customer: str | None, kind: str, value: str) -> Fields:
    status = "pending" if kind in VERIFIED_TYPES else "unavailable"
    return {
        "country": _country(kind, value),
        "customer": customer,
        "owner": {"customer": customer, "customer_account": None, "type": CUSTOMER if customer else "self"},
        "type": kind,
        "value": value,
        "verification": {"status": status, "verified_address": None, "verified_name": None},
    }


def _country(kind: str, value: str) -> str | None:
    """The country of the type; VAT numbers of the European Union begin with theirs."""
    code = value[:2] if kind == "eu_vat" else kind.partition("_")[0].upper()
    return {"EL": "GR", "XI": "GB", "EU": None}.get(code, code)


def _create(call: Call) -> Json:
    """POST /v1/customers/{customer}/tax_ids. Raises StripeError."""
    customer = verbs.row_of_path(registry.declared(CUSTOMER), verbs.Place(CUSTOMER), call)
    return _shown(call, add(call.scope, customer.id, str(call.params["type"]), str(call.params["value"])))


def _create_for_owner(call: Call) -> Json:
    """POST /v1/tax_ids: of a customer, or of the account itself. Raises StripeError."""
    return _shown(call, add(call.scope, _owner(call), str(call.params["type"]), str(call.params["value"])))


def _list_of_owner(call: Call) -> Json:
    """GET /v1/tax_ids: of a customer, or of the account itself. Raises StripeError."""
    source = TableSource(call.sandbox.table(NAME), call.owner, _owner(call) or "")
    page = paging.page(call, source, noun=NAME)
    return paging.listing([_shown(call, row) for row in page.rows], call.url, has_more=page.has_more)


def _owner(call: Call) -> str | None:
    """The customer that `owner` names, None for the account. Raises StripeError."""
    owner = hash_at(call.params, "owner")
    if owner.get("type", "self") == "self":
        return None
    if owner["type"] != CUSTOMER:
        raise errors.param_not_emulated(("owner", "type"))
    customer = owner.get(CUSTOMER)
    if not customer:
        raise errors.missing_param(("owner", CUSTOMER))
    if objects.get(call.scope, CUSTOMER, str(customer)) is None:
        raise errors.no_such(CUSTOMER, str(customer), f"owner[{CUSTOMER}]")
    return str(customer)


def _shown(call: Call, row: Row[bytes]) -> Fields:
    return objects.shown(call.scope, NAME, row)


def _check_time(row: Row[bytes]) -> tuple[int, ...]:
    """The second at which the check of a test value ends."""
    fields = decode(row)
    verification = fields.get("verification")
    status = cast("Fields", verification)["status"] if verification else None
    return (row.created + VERIFICATION_SECONDS,) if status == "pending" and _result(fields) != "pending" else ()


def _result(fields: Fields) -> str:
    digits = str(fields["value"])
    return next((result for number, result in RESULTS.items() if number in digits), "pending")


def _verify(sandbox: Sandbox, row: Row[bytes], at: int) -> None:
    fields = decode(row)
    verification: Json = {**cast("Fields", fields["verification"]), "status": _result(fields)}
    objects.change(Scope(sandbox, row.owner, at), NAME, row, verification=verification)


TAX_IDS = stored(
    NAME,
    "txi",
    noun="tax_id",
    param="id",
    delete=lambda _, __: None,
    unknown=lambda _, __, parent: _fields(parent, "eu_vat", "DE123456789"),
    verbs={"create": _create},
    endpoints={"PostTaxIds": _create_for_owner, "GetTaxIds": _list_of_owner},
    events=Events("customer.tax_id.created", "customer.tax_id.updated", "customer.tax_id.deleted"),
    timer=_check_time,
    elapse=_verify,
)
RESOURCES = (TAX_IDS,)
