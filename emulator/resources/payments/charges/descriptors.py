"""Statement descriptors: the text on the customer's statement."""

from __future__ import annotations

from typing import cast

from emulator.resources.connect.accounts.settings import LONGEST_DESCRIPTOR, settings
from emulator.resources.money.holders import account_of
from emulator.resources.resource import Fields
from emulator.sandbox.sandbox import Sandbox

WITHOUT_DESCRIPTOR = "Stripe"  # the text of an account that has none (official example)


def calculated(sandbox: Sandbox, owner: str, descriptor: str | None, suffix: str | None) -> str:
    """The descriptor of a payment to an account: the one that was sent, or the account's own.

    With a suffix it is `PREFIX* SUFFIX` in capitals; all are cut to 22 characters (observed).
    """
    own = _own(sandbox, owner)
    if suffix:
        return f"{_prefix(sandbox, owner) or own}* {suffix}".upper()[:LONGEST_DESCRIPTOR].strip()
    return (descriptor or own)[:LONGEST_DESCRIPTOR].strip()


def _own(sandbox: Sandbox, owner: str) -> str:
    return _setting(sandbox, owner, "payments", "statement_descriptor") or WITHOUT_DESCRIPTOR


def _prefix(sandbox: Sandbox, owner: str) -> str | None:
    return _setting(sandbox, owner, "card_payments", "statement_descriptor_prefix")


def _setting(sandbox: Sandbox, owner: str, group: str, name: str) -> str | None:
    shown = cast("Fields", settings(account_of(sandbox, owner))[group])
    return cast("str | None", shown[name])
