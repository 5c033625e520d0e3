"""The requirements that the hosted onboarding collects, and the effect of each of its buttons on the account."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from emulator.resources.connect import accounts
from emulator.resources.connect.accounts.requirements.due import due_of
from emulator.sandbox.sandbox import Sandbox
from emulator.store.links import Link
from emulator.store.rows import Account

Names = Sequence[str]


def collected(link: Link, account: Account, now: int) -> list[str]:
    """The requirements of the page, in string order: those due now, and later ones as the link's options say."""
    found = due_of(account, now)
    names = {
        *found.currently,
        *(found.eventually if link.eventually_due else ()),
        *(found.future if link.future_requirements else ()),
    }
    return sorted(names)


def _complete(sandbox: Sandbox, link: Link, account: Account, names: Names) -> Account:
    """Provide everything with test data. Ends an onboarding; an update only fills in the details."""
    return accounts.provide_test_data(sandbox, account, names) if link.update else accounts.onboard(sandbox, account)


def _provide(sandbox: Sandbox, _: Link, account: Account, names: Names) -> Account:
    """Provide some of it with test data. The onboarding ends once nothing is due."""
    updated = accounts.provide_test_data(sandbox, account, names)
    return updated if due_of(updated).currently or updated.onboarded else accounts.onboard(sandbox, updated)


def _fail(sandbox: Sandbox, link: Link, account: Account, names: Names) -> Account:
    """Provide everything, and fail the check of the representative's identity."""
    return accounts.verify(sandbox, _complete(sandbox, link, account, names), "failed")


def _leave(_: Sandbox, __: Link, account: Account, ___: Names) -> Account:
    """Leave the page without a change."""
    return account


# By the name of the button.
ACTIONS: Mapping[str, Callable[[Sandbox, Link, Account, Names], Account]] = {
    "complete": _complete,
    "provide": _provide,
    "fail": _fail,
    "leave": _leave,
}
