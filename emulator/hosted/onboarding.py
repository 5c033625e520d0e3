"""What the hosted onboarding of a link collects, and what each way of leaving it does to the account."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from emulator.resources.connect import accounts
from emulator.resources.connect.accounts.requirements.due import due_of
from emulator.sandbox.sandbox import Sandbox
from emulator.store.links import Link
from emulator.store.rows import Account

Names = Sequence[str]


def collected(link: Link, account: Account, now: int) -> list[str]:
    """What the page asks for, in string order: what is due now, and of what is due later what the link wants."""
    owed = due_of(account, now)
    names = {*owed.currently, *(owed.eventually if link.later else ()), *(owed.future if link.future else ())}
    return sorted(names)


def _complete(sandbox: Sandbox, link: Link, account: Account, names: Names) -> Account:
    """All of it, with test data. An onboarding ends; an update, which owed nothing, fills in the later details."""
    return accounts.provide_test_data(sandbox, account, names) if link.update else accounts.onboard(sandbox, account)


def _provide(sandbox: Sandbox, _: Link, account: Account, names: Names) -> Account:
    """Some of it, with test data. When nothing is due any more, the onboarding is over, as for a person at the end."""
    told = accounts.provide_test_data(sandbox, account, names)
    return told if due_of(told).currently or told.onboarded else accounts.onboard(sandbox, told)


def _fail(sandbox: Sandbox, link: Link, account: Account, names: Names) -> Account:
    """All of it, and the check of the representative's identity fails."""
    return accounts.verify(sandbox, _complete(sandbox, link, account, names), "failed")


def _leave(_: Sandbox, __: Link, account: Account, ___: Names) -> Account:
    """Nothing: the page is left."""
    return account


# By the name of the button.
ACTIONS: Mapping[str, Callable[[Sandbox, Link, Account, Names], Account]] = {
    "complete": _complete,
    "provide": _provide,
    "fail": _fail,
    "leave": _leave,
}
