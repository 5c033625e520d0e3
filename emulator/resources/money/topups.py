"""`/v1/topups`: money that an account takes from its own bank account."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import cast

from emulator import errors
from emulator.model.answering import verbs
from emulator.model.answering.verbs import Place
from emulator.model.asking.requests import by_request
from emulator.model.declaration import registry, templates
from emulator.model.declaration.endpoint import Call, Scope
from emulator.model.declaration.private import kept, private
from emulator.model.declaration.resource import Diff, Fields, Resource
from emulator.model.declaration.snapshots import snapshot
from emulator.model.stored import objects
from emulator.model.stored.metadata import merged
from emulator.model.stored.stored import decode, stored
from emulator.resources.connect.accounts.external_accounts import test_numbers
from emulator.resources.connect.accounts.external_accounts.test_numbers import BankToken
from emulator.resources.money import holders, ledger
from emulator.resources.money.balances import balance_available
from emulator.resources.money.currencies import check_currency
from emulator.resources.money.ledger import Movement
from emulator.resources.money.paying import FAILURES, MESSAGES, Arriving, due_times
from emulator.sandbox.sandbox import Sandbox
from emulator.store.events import NewEvent
from emulator.store.table import Row
from emulator.wire.json import Json

TOPUP = "topup"
SOURCE = "source"
ARRIVES_AFTER = 30  # seconds until a top-up succeeds or fails (our choice)
COUNTRIES = frozenset({"US"})
_MESSAGES = {**MESSAGES, "insufficient_funds": "The bank account has insufficient funds to cover the top-up."}
_OVER = kept(Arriving(_changes_at=None))
_TEXTS = ("description", "statement_descriptor", "transfer_group")
_EVENT_OF_STATUS: Mapping[str, str] = MappingProxyType(
    {"canceled": "topup.canceled", "failed": "topup.failed", "succeeded": "topup.succeeded"}
)


def create(call: Call) -> Json:
    """POST /v1/topups, from the bank account of the account or from that of a test token. Raises StripeError."""
    params, amount = call.params, cast("int", call.params["amount"])
    if amount < 1:
        raise errors.integer_too_small(("amount",), 1)
    currency, arrives = check_currency(str(params["currency"])), call.now + ARRIVES_AFTER
    source, number = _taken_from(call, currency)
    fields: Fields = {
        "amount": amount,
        "currency": currency,
        "expected_availability_date": arrives,
        "metadata": dict(sorted(merged({}, params.get("metadata")).items())),
        "source": source,
        "status": "pending",
        **{name: cast("str | None", params.get(name) or None) for name in _TEXTS},
        **kept(Arriving(_changes_at=arrives, _fails=FAILURES.get(number))),
    }
    identifier = call.sandbox.ids.in_account("tu", call.now, call.owner)
    return TOPUPS.respond(call, objects.add(call.scope, TOPUP, identifier, fields))


def _taken_from(call: Call, currency: str) -> tuple[Fields | None, str]:
    """The source as shown, and the number of the bank account. Raises StripeError where there is none."""
    account = holders.account_of(call.sandbox, call.owner)
    if account.country not in COUNTRIES:
        raise errors.topups_unsupported(account.country)
    source, number = _source(call)
    bank = holders.destination_of(account, call.sandbox, currency)
    found = number or (bank.number if bank else None)
    if found is None or currency != account.default_currency:
        raise errors.topup_currency_unsupported(currency)
    return source, found


def _source(call: Call) -> tuple[Fields | None, str | None]:
    """The source that a request names, and the number of its bank account. Raises StripeError for an unknown one."""
    wanted = str(call.params.get(SOURCE) or "")
    if not wanted:
        return None, None
    bank = test_numbers.bank_token(wanted)
    if bank is not None:
        return _debit(call, bank), bank.number
    sources = registry.resource(SOURCE)
    known = sources.find(call, wanted) if sources else None
    if known is None:
        raise errors.no_such("source", wanted, SOURCE)
    return known, test_numbers.US_SUCCESS


def _debit(call: Call, bank: BankToken) -> Fields:
    """The source of a bank account, as the deprecated `source` of a top-up shows it."""
    ids = call.sandbox.ids
    identifier = ids.in_account("src", call.now, call.owner)
    own: Fields = {
        "id": identifier,
        "ach_debit": {
            "bank_name": test_numbers.TEST_BANK,
            "country": bank.country,
            "fingerprint": ids.token(16),
            "last4": bank.number[-4:],
            "routing_number": bank.routing,
            "type": "individual",
        },
        "client_secret": f"src_client_secret_{ids.token(24)}",
        "created": call.now,
        "currency": bank.currency,
        "flow": "code_verification",
        "livemode": call.sandbox.livemode,
        "metadata": {},
        "status": "chargeable",
        "type": "ach_debit",
        "usage": "reusable",
    }
    body = {**templates.template(SOURCE, frozenset()), **own}
    return {name: body[name] for name in templates.order(SOURCE) if name in body}


def cancel(call: Call) -> Json:
    """POST /v1/topups/{topup}/cancel. Raises StripeError."""
    row = verbs.row_of_path(TOPUPS, Place(TOPUP), call)
    if decode(row)["status"] != "pending":
        raise errors.topup_not_pending()
    changed: Fields = {"status": "canceled", "expected_availability_date": None, **_OVER}
    return TOPUPS.respond(call, objects.change(call.scope, TOPUP, row, **changed))


def _update(_: Call, __: Row[bytes], fields: Fields) -> Fields:
    """POST /v1/topups/{topup}: the description and the metadata."""
    return {**fields, "metadata": dict(sorted(cast("dict[str, str]", fields["metadata"]).items()))}


def _elapse(sandbox: Sandbox, row: Row[bytes], at: int) -> None:
    """Let a top-up succeed, which makes its money available, or fail."""
    scope, fields = Scope(sandbox, row.owner, at), decode(row)
    if code := private(Arriving, fields)["_fails"]:
        failed: Fields = {"status": "failed", "failure_code": code, "failure_message": _MESSAGES[code]}
        objects.change(scope, TOPUP, row, **failed, **_OVER)
        return
    movement = Movement(
        TOPUP,
        cast("int", fields["amount"]),
        cast("str", fields["currency"]),
        row.id,
        cast("str | None", fields["description"]),
    )
    transaction = ledger.post(scope, movement)
    objects.change(scope, TOPUP, row, status="succeeded", balance_transaction=transaction, **_OVER)


def _events(resource: Resource[bytes], diff: Diff) -> Iterator[NewEvent]:
    """The event of a new status; updates have none."""
    if diff.after is None:
        return
    after = diff.render(resource, diff.after, diff.now)
    before = diff.render(resource, diff.before, diff.then) if diff.before else None
    account = Scope(diff.sandbox, diff.row.owner, diff.now).account
    if before is None:
        yield snapshot("topup.created", account, None, after)
    elif before["status"] != after["status"]:
        yield snapshot(_EVENT_OF_STATUS[str(after["status"])], account, before, after)
        if after["status"] == "succeeded":
            yield from balance_available(Scope(diff.sandbox, diff.row.owner, diff.now))


TOPUPS = stored(
    TOPUP,
    "tu",
    param=TOPUP,
    private=Arriving,
    filters=["amount", "status"],
    update=_update,
    verbs={"create": create, "cancel": cancel},
    events=_events,
    timer=due_times,
    elapse=_elapse,
    unknown=by_request(TOPUP, {"amount": 100, "currency": "usd"}),
)
RESOURCES = (TOPUPS,)
