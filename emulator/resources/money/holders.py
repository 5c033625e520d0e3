"""The accounts that hold money: the platform's own and connected ones, with their currency and their delay."""

from __future__ import annotations

from typing import cast

from emulator.resources.connect.accounts import lifecycle
from emulator.resources.connect.accounts.settings import payout_schedule
from emulator.sandbox.sandbox import Sandbox
from emulator.store.rows import Account


def account_of(sandbox: Sandbox, owner: str) -> Account:
    """The account of an owner of rows."""
    return lifecycle.find(sandbox, owner) or lifecycle.platform(sandbox)


def default_currency(sandbox: Sandbox, owner: str) -> str:
    """The currency that an account settles in unless it holds others."""
    return account_of(sandbox, owner).default_currency


def delay_days(sandbox: Sandbox, owner: str) -> int:
    """The days between a payment to an account and its availability, as its payout schedule says."""
    return cast("int", payout_schedule(account_of(sandbox, owner))["delay_days"])
