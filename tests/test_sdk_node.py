"""The official clients for Node.js, two major versions, as processes of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .clients import install, transcript

if TYPE_CHECKING:
    from fixtures.handle import StripeEmulator


@pytest.mark.parametrize(
    ("package", "sdk", "version"),
    [("stripe-22", "22.6.2", "2026-08-26.dahlia"), ("stripe-23", "23.1.0", "2026-10-28.endive")],
)
def test_stripe_node_sees_stripe(stripe_emulator: StripeEmulator, package: str, sdk: str, version: str) -> None:
    modules = transcript.installed(install.NODE) / "node_modules"
    report = transcript.journey(stripe_emulator, ["node", "journey.js", modules / package], {})
    assert report == transcript.report(sdk, version)
