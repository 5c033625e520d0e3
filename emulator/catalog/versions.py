"""The values of `Stripe-Version`: which exist, and how they compare.

A name is a date, from 2024-09-30 on with a release word, optionally followed by betas after semicolons; a trailing
semicolon is allowed (official, for the beta of embedded components). Names later than the newest known one are
accepted, since SDKs are ahead of published documents; a known date with a wrong release word is refused (observed).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache

from emulator.wire.dataclasses import dataclass

# Official names, newest last. Up to 2024-06-20 a name is a bare date.
DATED = tuple(
    """
2011-01-01 2011-06-21 2011-06-28 2011-08-01 2011-09-15 2011-11-17
2012-02-23 2012-03-25 2012-06-18 2012-06-28 2012-07-09 2012-09-24 2012-10-26 2012-11-07
2013-02-11 2013-02-13 2013-07-05 2013-08-12 2013-08-13 2013-10-29 2013-12-03
2014-01-31 2014-03-13 2014-03-28 2014-05-19 2014-06-13 2014-06-17 2014-07-22 2014-07-26 2014-08-04
2014-08-20 2014-09-08 2014-10-07 2014-11-05 2014-11-20 2014-12-08 2014-12-17 2014-12-22
2015-01-11 2015-01-26 2015-02-10 2015-02-16 2015-02-18 2015-03-24 2015-04-07 2015-06-15 2015-07-07
2015-07-13 2015-07-28 2015-08-07 2015-08-19 2015-09-03 2015-09-08 2015-09-23 2015-10-01 2015-10-12 2015-10-16
2016-02-03 2016-02-19 2016-02-22 2016-02-23 2016-02-29 2016-03-07 2016-06-15 2016-07-06 2016-10-19
2017-01-27 2017-02-14 2017-04-06 2017-05-25 2017-06-05 2017-08-15 2017-12-14
2018-01-23 2018-02-05 2018-02-06 2018-02-28 2018-05-21 2018-07-27 2018-08-23 2018-09-06 2018-09-24
2018-10-31 2018-11-08
2019-02-11 2019-02-19 2019-03-14 2019-05-16 2019-08-14 2019-09-09 2019-10-08 2019-10-17 2019-11-05 2019-12-03
2020-03-02 2020-08-27 2022-08-01 2022-11-15 2023-08-16 2023-10-16 2024-04-10 2024-06-20
""".split()
)
RELEASES = tuple(
    """
2024-09-30.acacia 2024-10-28.acacia 2024-11-20.acacia 2024-12-18.acacia 2025-01-27.acacia 2025-02-24.acacia
2025-03-01.dashboard 2025-03-31.basil 2025-04-30.basil 2025-05-28.basil 2025-06-30.basil 2025-07-30.basil
2025-08-27.basil 2025-09-30.clover 2025-10-29.clover 2025-11-17.clover 2025-12-15.clover 2026-01-28.clover
2026-02-25.clover 2026-03-25.dahlia 2026-04-22.dahlia 2026-05-27.dahlia 2026-06-24.dahlia 2026-07-29.dahlia
2026-08-26.dahlia 2026-09-30.endive 2026-10-28.endive
""".split()
)
KNOWN = frozenset(DATED + RELEASES)
NEWEST = RELEASES[-1]
FIRST_RELEASE_DATE = RELEASES[0][:10]
PREVIEW = "preview"

_NAME = re.compile(r"(\d{4}-\d{2}-\d{2})(?:\.([a-z]+))?\Z", re.ASCII)
_BETA = re.compile(r"[a-z0-9_]+=v\d+\Z", re.ASCII)


class UnknownVersion(ValueError):
    """The name of no version."""


@dataclass(frozen=True, slots=True)
class Version:
    """One version, as sent in a request. Dates compare as text."""

    text: str
    date: str
    preview: bool
    betas: tuple[str, ...] = ()

    def __hash__(self) -> int:
        return hash(self.text)  # which the text keeps: versions are looked up several times in each request


@lru_cache(maxsize=256)
def parse(text: str) -> Version:
    """The version of a header. Raises UnknownVersion."""
    name, *betas = (part.strip() for part in text.split(";"))
    if len(betas) > 1 and not betas[-1]:
        betas.pop()
    match = _NAME.match(name)
    if len(text) > 500 or not match or not _exists(name, *match.groups()) or not all(map(_BETA.match, betas)):
        raise UnknownVersion(text)
    return Version(text, match[1], match[2] == PREVIEW, tuple(betas))


def exists(text: str) -> bool:
    """Whether a version is published, or a preview of one: a later one is accepted in a header, not as a default."""
    try:
        return parse(text).date <= NEWEST[:10]
    except UnknownVersion:
        return False


def choices(version: Version) -> tuple[str, ...]:
    """The versions that a request may name for events: the published ones, and its own if an SDK is ahead of them."""
    own = version.text.partition(";")[0].strip()
    return (*DATED, *RELEASES, *([own] if version.date > NEWEST[:10] and not version.preview else []))


def near(text: str) -> list[str]:
    """The published versions around a date, the newest first; none for a text that begins with no date."""
    if not re.match(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        return []
    names = sorted(KNOWN)
    place = bisect_right(names, text[:10])
    return names[max(place - 1, 0) : place + 1][::-1]


def notice(version: Version) -> str | None:
    """The Stripe-Notice of an outdated version (text observed in 2026 with 2020-08-27), else None.

    Which versions count as outdated is our choice: those before the first release with a name.
    """
    if version.date >= FIRST_RELEASE_DATE:
        return None
    return (
        f"You are using an outdated API version ({version.date}). We recommend upgrading to the latest API version, "
        f"{NEWEST}. See https://docs.stripe.com/upgrades"
    )


def _exists(name: str, date: str, release: str | None) -> bool:
    if release == PREVIEW:
        return date >= FIRST_RELEASE_DATE
    return name in KNOWN or date > NEWEST[:10]
