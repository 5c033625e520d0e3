"""The header `Stripe-Signature` of deliveries (official: every SDK verifies it)."""

from __future__ import annotations

import hashlib
import hmac


def signature(payload: bytes, secret: str, at: int, *, livemode: bool = False) -> str:
    """The header for a payload that is sent at a unix second: `t=...,v1=...,v0=...`.

    `v1` is the HMAC-SHA256 of `t.payload` with the whole secret, `whsec_` included. `v0` is a fake signature that
    Stripe adds in test mode, to expose code that accepts any signature (both official).
    """
    signed = b"%d.%b" % (at, payload)
    real = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    fake = "" if livemode else f",v0={hashlib.sha256(signed).hexdigest()}"
    return f"t={at},v1={real}{fake}"
