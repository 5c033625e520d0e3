"""Ids and secrets in Stripe's formats (observed on thousands of recorded ids).

Ids of the form `acct_1...` begin with six base62 digits that count seconds, client secrets with four that count
minutes; the rest is random. Seeded, the same calls at the same times give the same ids.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
ID_EPOCH = 426_256_548
SECRET_EPOCH = 1_342_389_380
FAMILY_DIGITS = 17
KINDS_OF_V2 = {"ed": ("61", 42), "evt": ("65", 44)}  # the first digits of v2 ids, and the number of others (observed)
# Maps a byte to a digit. 256 is not a multiple of 62: eight digits are slightly more frequent, which test ids may be.
# The kinds of ids with an underscore, such as `sub_sched_1U09HW...`, are named before those that begin alike.
_ID = re.compile(r"(mtr_event_adj|sub_sched|tax_li|[a-z]+)_[A-Za-z0-9_]{1,250}\Z", re.ASCII)
_DIGITS = bytes(ord(ALPHABET[byte % 62]) for byte in range(256))


def kind_of(identifier: str) -> str | None:
    """The prefix of an id, such as `acct`; None if the text is not an id."""
    match = _ID.match(identifier)
    return match[1] if match else None


def family_of(identifier: str) -> str:
    """The digits that the ids of a family share; the whole of a shorter id, chosen by a test."""
    return identifier.partition("_")[2][:FAMILY_DIGITS]


class Ids:
    """Generates ids, unpredictable without a seed. `drawn` are those of objects of the running request."""

    def __init__(self, seed: str | None = None) -> None:
        self._random = random.Random(seed) if seed is not None else random.Random()  # noqa: S311
        self._reserved: dict[str, deque[str]] = {}
        self._named: set[str] = set()
        self.made_by_time: dict[str, deque[list[str]]] = {}
        self.drawn: list[str] = []

    def reserve(self, identifiers: Iterable[str]) -> None:
        """Reserve ids, each for the next object of its kind."""
        for each in identifiers:
            self._reserved.setdefault(kind_of(each) or "", deque()).append(each)

    @contextmanager
    def next(self, kinds: Iterable[str], identifier: str) -> Iterator[None]:
        """Within the context, the next object of each kind has this id, which a request has named."""
        self._named.add(identifier)
        waiting = [self._reserved.setdefault(kind, deque()) for kind in kinds]
        for each in waiting:
            each.appendleft(identifier)
        try:
            yield
        finally:
            self._named.discard(identifier)
            for each in waiting:
                if identifier in each:
                    each.remove(identifier)

    @contextmanager
    def of_time(self, identifier: str) -> Iterator[None]:
        """Within the context, the time of an object has come: its new objects have the next ids of `made_by_time`."""
        self.drawn.clear()
        waiting, reserved = self.made_by_time.get(identifier), self._reserved
        self._reserved = {}
        if waiting:
            self.reserve(waiting[0])
        try:
            yield
        finally:
            if waiting and any(each in waiting[0] for each in self.drawn):  # a time may also come without making any
                waiting.popleft()
            self._reserved = reserved

    def release(self) -> list[str]:
        """End the reservation, and return the ids that were not used."""
        left = [each for waiting in self._reserved.values() for each in waiting]
        self._reserved.clear()
        return left

    def _draw(self, kind: str, identifier: str) -> str:
        """The reserved id of a kind, or the given one."""
        waiting = self._reserved.get(kind)
        drawn = waiting.popleft() if waiting else identifier
        if drawn not in self._named:
            self.drawn.append(drawn)
        return drawn

    def token(self, length: int) -> str:
        """Random base62 digits."""
        return self._random.getrandbits(8 * length).to_bytes(length, "little").translate(_DIGITS).decode()

    def account(self, now: int) -> str:
        """`acct_1U09HWKhILOLbcdm`: six digits of time and ten random."""
        return self._draw("acct", f"acct_{time_digits(now)}{self.token(10)}")

    def in_account(self, prefix: str, now: int, account: str) -> str:
        """`person_1U09HW...`: six digits of time, the last ten of the account, eight random.

        An id chosen by a test, such as `acct_123`, may be shorter; it is padded with zeros (our choice).
        """
        return self._draw(prefix, f"{prefix}_{time_digits(now)}{_last_digits(account)}{self.token(8)}")

    def family(self, now: int, account: str) -> str:
        """The seventeen digits that a payment, its charges, refunds and balance transactions share (observed).

        The first digit of the time is greater by two; the last of the seventeen is 0 or 1.
        """
        time = time_digits(now)
        first = ALPHABET[(ALPHABET.index(time[0]) + 2) % 62]
        return f"{first}{time[1:]}{account_digits(account)}{self._random.randrange(2)}"

    def in_family(self, prefix: str, family: str) -> str:
        """`ch_3U09HW...`: the digits of a family, and seven random ones."""
        return self._draw(prefix, f"{prefix}_{family}{self.token(7)}")

    def random(self, prefix: str, length: int, begin: str = "") -> str:
        """`cus_N6m9c9qfBTPzI7`: random digits alone, after fixed ones; without a prefix, digits only."""
        digits = f"{begin}{self.token(length)}"
        return self._draw(prefix, f"{prefix}_{digits}" if prefix else digits)

    def v2(self, prefix: str, *, livemode: bool) -> str:
        """`evt_test_65UIRN...`, the form of v2: digits of the kind, and random ones; in test mode after `test_`."""
        kind, length = KINDS_OF_V2[prefix]
        return self._draw(prefix, f"{prefix}_{'' if livemode else 'test_'}{kind}{self.token(length)}")

    def request(self, *, v2: bool = False) -> str:
        """`req_` and fourteen digits, on v2 `req_v2` and fifteen (official examples)."""
        return f"req_v2{self.token(15)}" if v2 else f"req_{self.token(14)}"

    def client_secret(self, now: int) -> str:
        """`accs_secret__` and 47 digits, of which four count minutes: 60 characters."""
        return f"accs_secret__{minute_digits(now)}{self.token(43)}"

    def session_token(self, *, livemode: bool) -> str:
        """`em_test_...`, the key that a claimed session gives the browser."""
        return f"em_{'live' if livemode else 'test'}_{self.token(99)}"

    def webhook_secret(self) -> str:
        """`whsec_` and 32 digits, with which deliveries to one endpoint are signed."""
        return self._draw("whsec", f"whsec_{self.token(32)}")

    def uuid(self) -> str:
        """A UUIDv4, as Stripe generates for a POST without an idempotency key."""
        digits = self._random.randbytes(16).hex()
        variant = "89ab"[int(digits[16], 16) % 4]
        return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"


@lru_cache(maxsize=1024)
def account_digits(account: str) -> str:
    """The ten digits of an account in the ids of its objects."""
    digits = "".join(filter(str.isalnum, account.removeprefix("acct_")))[-10:]
    return f"{digits:0>10}"


@lru_cache(maxsize=64)
def time_digits(now: int) -> str:
    """The seconds of an object id, six digits."""
    return base62(max(now - ID_EPOCH, 0), 6)


@lru_cache(maxsize=64)
def _last_digits(account: str) -> str:
    """The last ten digits of an account id."""
    digits = "".join(filter(str.isalnum, account.removeprefix("acct_")))[-10:]
    return f"{digits:0>10}"


@lru_cache(maxsize=64)
def minute_digits(now: int) -> str:
    """The minutes of a client secret, four digits."""
    return base62(max(now - SECRET_EPOCH, 0) // 60, 4)


def base62(number: int, width: int) -> str:
    """Digits of a number, padded with zeros and cut to its lowest `width` digits."""
    digits = ""
    for _ in range(width):
        number, digit = divmod(number, 62)
        digits = ALPHABET[digit] + digits
    return digits


def stable_account(name: str, created: int) -> str:
    """The account id of a platform without a declared id, derived from its key."""
    digest = hashlib.sha256(name.encode()).digest()[:10]
    return f"acct_{time_digits(created)}{digest.translate(_DIGITS).decode()}"


def application(platform: str) -> str:
    """The `ca_` id of a platform's Connect application, derived from the platform's id."""
    return f"ca_{hashlib.sha256(platform.encode()).digest().translate(_DIGITS).decode()}"
