"""Codes and grants of OAuth are bounded, and so are the keys that they give."""

from __future__ import annotations

from emulator.auth import keys
from emulator.sandbox import sandbox as sandboxes
from emulator.settings import Settings
from emulator.store.oauth import MOST_CODES, MOST_GRANTS, Code, Grant, OAuthStore, Redemption


def grant(number: int) -> Grant:
    return Grant(f"acct_{number}", "read_write", f"sk_test_{number}", f"rt_{number}", f"pk_test_{number}")


def test_the_oldest_code_is_dropped() -> None:
    store = OAuthStore()
    for number in range(MOST_CODES + 1):
        store.add_code(Code(f"ac_{number}", "read_write", created=0))
    assert store.redeem("ac_0", "acct_1", now=0) is Redemption.UNKNOWN
    assert store.redeem("ac_1", "acct_1", now=0) is Redemption.REDEEMED
    assert store.redeem("ac_1", "acct_1", now=0) is Redemption.USED
    assert store.redeem("ac_2", "acct_1", now=300) is Redemption.EXPIRED


def test_the_oldest_grant_is_dropped_with_its_keys() -> None:
    store = OAuthStore()
    for number in range(MOST_GRANTS + 1):
        store.put(grant(number))
    assert (store.of_key("sk_test_0"), store.of_key("pk_test_0"), store.of_refresh_token("rt_0")) == (None, None, None)
    assert store.of_key("sk_test_1") == store.of_refresh_token("rt_1") == grant(1)
    assert (len(store._grants), len(store._keys), len(store._refresh)) == (MOST_GRANTS, 2 * MOST_GRANTS, MOST_GRANTS)


def test_a_grant_that_is_renewed_again_and_again_keeps_one_of_each() -> None:
    store = OAuthStore()
    for number in range(100):
        store.put(Grant("acct_1", "read_write", f"sk_test_{number}", "rt_1", "pk_test_1"))
        store.put(Grant("acct_1", "read_only", f"sk_test_{number}_read", "rt_1", "pk_test_1"))
    assert (len(store._grants), len(store._keys), len(store._refresh)) == (2, 3, 1)
    store.revoke("acct_1")
    assert (store._grants, store._keys, store._refresh) == ({}, {}, {})


def test_the_keys_of_all_sandboxes_are_bounded() -> None:
    known = sandboxes.Sandboxes(Settings(port=0))
    key = keys.parse("sk_test_a")
    assert key is not None
    for number in range(sandboxes.MOST_ISSUED + 1):
        known.register_keys(known.of(key), f"sk_test_{number}")
    assert not known.is_issued("sk_test_0")
    assert len(known._issued) == sandboxes.MOST_ISSUED
