"""Hints about refused requests, for the log and the journal: the response is Stripe's."""

from __future__ import annotations

from emulator.auth.keys import redact
from emulator.sandbox.sandbox import Sandbox, Sandboxes

# The ids of objects that pages create with a publishable key, for a server to use with the secret key.
BY_PUBLISHABLE_KEY = ("accttok_", "btok_", "cpt_", "ct_", "perstok_", "pm_", "src_", "tok_")
PAIRING = (
    "Pair the publishable key with the secret key: start with --key-pairs pk_test_A=sk_test_B, or send "
    '{"key": "pk_test_A"} with the secret key to POST /_emulator/keys.'
)


def of_unknown_object(
    sandboxes: Sandboxes, sandbox: Sandbox, key: str, identifier: str, *, publishable: bool
) -> str | None:
    """The hint for an id without an object, if a publishable key is involved and another sandbox has the object."""
    if not publishable and not identifier.startswith(BY_PUBLISHABLE_KEY):
        return None
    other = sandboxes.find_other(identifier, sandbox)
    return None if other is None else different_sandboxes(identifier, key, other)


def different_sandboxes(name: str, key: str, holder: Sandbox) -> str:
    """The hint that an object and the key of a request belong to different sandboxes."""
    return f"{name} exists in the sandbox of {redact(f'pk_{holder.name}')}, and {key} opens another sandbox. {PAIRING}"
