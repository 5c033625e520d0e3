"""Proration: the share of an amount for a part of its period."""

from __future__ import annotations


def share(amount: int, start: int, end: int, at: int) -> int:
    """The part of the amount of a period that belongs to the seconds from `at` to the end.

    It is rounded to the nearest whole number, exact ties toward minus infinity: 4.5 to 4, -2.5 to -3 (observed).
    Credits are negative amounts, and are rounded on their own. A moment outside the period counts as its start or end.
    """
    whole = end - start
    if whole <= 0:
        return 0
    left = end - min(max(at, start), end)
    return -((whole - 2 * amount * left) // (2 * whole))
