"""Requests about objects that nobody created: where the state of one refuses a request, it begins anew.

stripe-mock keeps no state: tests written for it cancel or delete the same `sub_123` again and again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar, cast

from emulator.errors import StripeError
from emulator.model.declaration import registry, unknown, writes
from emulator.model.declaration.endpoint import Call, Scope
from emulator.schema.check import Params, Value

BALANCE_INSUFFICIENT = "balance_insufficient"
FUNDS = {"amount": 99_999_999, "currency": "usd", "source": "tok_bypassPending"}
DECLINED, NOT_EMULATED = 402, 501
TOKENS = {
    re.compile("btok_"): "btok_us_verified",
    re.compile("tok_.*debit"): "tok_visa_debit",
    re.compile("tok_"): "tok_visa",
}
DEBIT = {"external_account": "tok_visa_debit"}  # parameters that take other cards than most
PARTS: Mapping[str, str] = {"subscription": "subscription_item"}  # parts of an object that have rows
STAY = frozenset({"balance_transaction"})  # the sum of the ledger has them
ATTEMPTS = 8  # at most as many states of an object
Result = TypeVar("Result")


def run(endpoint: Callable[[Call], Result], call: Call) -> Result:
    """The response of an endpoint, in a transaction. Raises StripeError.

    A refusal is final unless the request names objects that were made for their ids: these are made again, in each of
    the states that they can have. A balance that is too low is filled by a charge, as stripe-mock has no balances, and
    a token that nobody created is taken as a Visa card or a bank account.
    """
    if not unknown.are_created(call.sandbox):
        return endpoint(call)
    made = call.sandbox.unknown_ids
    made.attempt, made.made = 0, False
    made.named = tuple(dict.fromkeys([*call.path.values(), *_texts(call.params)]))
    try:
        return _run(endpoint, call)
    except StripeError as error:
        if error.body.changes_stay:
            raise
        refusal = error
    funds = refusal.body.code == BALANCE_INSUFFICIENT
    known = call.params if refusal.body.status == DECLINED else _with_tokens(call, call.params)
    others = known != call.params
    call.params = cast("Params", known)
    for made.attempt in range(ATTEMPTS):
        call.sandbox.changes.undo()
        call.sandbox.ids.drawn.clear()
        if _forget(call) or made.made or funds or others:
            try:
                if funds:
                    from emulator.model.asking.requests import create  # noqa: PLC0415 - for few requests

                    create(call.scope, "charge", FUNDS)
                return _run(endpoint, call)
            except StripeError as error:
                refusal = error if error.body.status == NOT_EMULATED else refusal
    raise refusal


def _run(endpoint: Callable[[Call], Result], call: Call) -> Result:
    """The response of an endpoint, after the connected account that the request acts as is there."""
    accounts = registry.resource("account")
    if accounts is not None and call.acting is not None:
        unknown.row(accounts, call.scope.platform, call.acting)
    return endpoint(call)


def _forget(call: Call) -> bool:
    """Remove the objects that were made for ids in a request, so that new ones are. False where there are none."""
    named, scopes = call.sandbox.unknown_ids.named, dict.fromkeys([call.scope, call.scope.platform])
    marked = [(scope, text, name) for scope in scopes for text in named for name in unknown.marked(scope, text)]
    found = [each for each in marked if each[2] not in STAY]
    for scope, identifier, name in found:
        resource = registry.resource(name)
        row = scope.sandbox.table(resource.rows).get(scope.owner, identifier) if resource is not None else None
        if resource is not None and row is not None:
            unknown.forget(scope, identifier, name)
            writes.remove(scope, resource, row)
            _forget_parts(scope, name, identifier)
    return bool(found)


def _forget_parts(scope: Scope, name: str, identifier: str) -> None:
    if name in PARTS:
        parts = registry.declared(PARTS[name])
        for part in list(scope.sandbox.table(parts.rows).newest(scope.owner, parent=identifier)):
            writes.remove(scope, parts, part)


def _with_tokens(call: Call, value: Value, card: str | None = None) -> Value:
    """Parameters with a test token for each token that nobody created: of a `card`, where only that one is taken."""
    if isinstance(value, str) and value not in call.sandbox.tokens:
        known = next((token for form, token in TOKENS.items() if form.match(value)), value)
        return card if card and known == "tok_visa" else known
    if isinstance(value, dict):
        return {name: _with_tokens(call, each, DEBIT.get(name)) for name, each in value.items()}
    return [_with_tokens(call, each) for each in value] if isinstance(value, list) else value


def _texts(value: Value) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
