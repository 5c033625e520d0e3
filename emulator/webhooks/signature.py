"""`Stripe-Signature`: who signs with which secret is Stripe's secret, how is public (official: every SDK checks it)."""

from __future__ import annotations

import hashlib
import hmac


def signature(payload: bytes, secret: str, at: int, *, livemode: bool = False) -> str:
    """The header for one delivery of a payload at a unix second: `t=...,v1=...,v0=...`.

    `v1` is the HMAC with SHA-256 of `t.payload` under the whole secret, `whsec_` included. `v0` is a fake scheme that
    Stripe adds in test mode (both official), so that code which takes just any signature is found out.
    """
    signed = b"%d.%b" % (at, payload)
    real = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    fake = "" if livemode else f",v0={hashlib.sha256(signed).hexdigest()}"
    return f"t={at},v1={real}{fake}"
