"""The name that a misspelled one is likely to mean, as Stripe's errors suggest it.

The hints that were observed are those of Ruby's spelling checker: of the names that are alike by Jaro and Winkler, the
first that a few edits make, or else the first of which something is left.
"""

from __future__ import annotations

from collections.abc import Iterable

ALIKE, ALIKE_IF_SHORT, SHORT = 0.834, 0.77, 3
PREFIX, PREFIX_WEIGHT, PREFIX_FROM = 4, 0.1, 0.7


def closest(name: str, known: Iterable[str]) -> str | None:
    """The known name that a misspelled one is likely to mean, None without one."""
    sent = _plain(name)
    least = ALIKE if len(sent) > SHORT else ALIKE_IF_SHORT
    scored = [(_likeness(_plain(other), sent, least), other) for other in known if other != name]
    near = [(other, _edits(_plain(other), sent)) for score, other in sorted(scored, key=_score) if score >= least]
    typos = (other for other, edits in near if edits <= -(-len(sent) // 4))
    others = (other for other, edits in near if edits < min(len(sent), len(_plain(other))))
    return next(typos, None) or next(others, None)


def _score(scored: tuple[float, str]) -> float:
    return -scored[0]


def _plain(name: str) -> str:
    return name.lower().replace("@", "")


def _likeness(left: str, right: str, least: float) -> float:
    """The similarity of Jaro and Winkler, from 0 to 1; 0 for names of such lengths that it cannot be `least`."""
    short, long = sorted((left, right), key=len)
    most = (2 + len(short) / max(len(long), 1)) / 3
    if most + PREFIX * PREFIX_WEIGHT * (1 - most) < least:
        return 0
    jaro = _jaro(short, long)
    if jaro <= PREFIX_FROM:
        return jaro
    same = next((i for i in range(PREFIX) if left[i : i + 1] != right[i : i + 1] or i >= len(short)), PREFIX)
    return jaro + same * PREFIX_WEIGHT * (1 - jaro)


def _jaro(short: str, long: str) -> float:
    """The similarity of Jaro: the share of letters that are in both at about the same place, in the same order."""
    reach = max(len(long) // 2 - 1, 0)
    taken: set[int] = set()
    matched = []
    for i, letter in enumerate(short):
        places = range(max(i - reach, 0), min(i + reach + 1, len(long)))
        place = next((j for j in places if j not in taken and long[j] == letter), None)
        if place is not None:
            taken.add(place)
            matched.append(letter)
    if not matched:
        return 0
    moved = sum(a != long[j] for a, j in zip(matched, sorted(taken), strict=True)) // 2
    count = len(matched)
    return (count / len(short) + count / len(long) + (count - moved) / count) / 3


def _edits(left: str, right: str) -> int:
    """The distance of Levenshtein."""
    row = list(range(len(right) + 1))
    for i, a in enumerate(left):
        older, row = row, [i + 1]
        for j, b in enumerate(right):
            row.append(min(older[j + 1] + 1, row[j] + 1, older[j] + (a != b)))
    return row[-1]
