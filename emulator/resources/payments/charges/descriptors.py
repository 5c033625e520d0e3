"""Statement descriptors: the text on the customer's statement."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import cast

from emulator import errors
from emulator.model.declaration.resource import Fields
from emulator.resources.connect.accounts.settings import LONGEST_DESCRIPTOR, settings
from emulator.resources.money.holders import account_of
from emulator.sandbox.sandbox import Sandbox
from emulator.schema.check import Params

WITHOUT_DESCRIPTOR = "Stripe"  # the text of an account that has none (official example)


NAMES = ("statement_descriptor", "statement_descriptor_suffix")
_REFUSED = "<>\\'\"*"
_LETTER = re.compile(r"[A-Za-z]")


def check(params: Params) -> None:
    """Refuse descriptors with other characters, or without a letter. Raises StripeError."""
    for name in NAMES:
        text = params.get(name)
        if not isinstance(text, str) or not text:
            continue
        for character in _REFUSED:
            if character in text:
                raise errors.statement_descriptor_character(character, name)
        if not _LETTER.search(text):
            raise errors.statement_descriptor_without_letter(name)


def check_of_cards(sandbox: Sandbox, params: Mapping[str, object], types: Collection[str]) -> None:
    """Refuse a descriptor of card payments, which are only from older accounts accepted. Raises StripeError.

    A setting decides which of both the accounts are (observed).
    """
    if params.get("statement_descriptor") and "card" in types and not sandbox.settings.card_statement_descriptors:
        raise errors.statement_descriptor_of_cards()


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
