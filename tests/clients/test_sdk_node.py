"""The official clients for Node.js, two major versions, as processes of their own."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from .. import pages
from ..clients import install, transcript

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


def node(folder: Path, handle: StripeEmulator, files: Mapping[str, str], *command: str) -> str:
    """The output of a program in a folder after `npm init -y && npm install stripe`, at the emulator of a test."""
    (folder / "package.json").write_text('{"name": "shop", "version": "1.0.0", "type": "commonjs"}')
    (folder / "node_modules").mkdir()
    (folder / "node_modules" / "stripe").symlink_to(transcript.installed(install.NODE) / "node_modules" / "stripe-23")
    host, port = pages.DEFAULT_URL.removeprefix("http://").split(":")
    for name, text in files.items():
        own = text.replace(pages.DEFAULT_URL, handle.url).replace(port, str(urlsplit(handle.url).port))
        assert host in own
        (folder / name).write_text(own)
    done = subprocess.run(["node", *command], cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_example_of_a_script_runs(stripe_emulator: StripeEmulator, tmp_path: Path) -> None:
    script = pages.file("sessions.mjs").replace("sk_test_123", stripe_emulator.api_key)
    secret = node(tmp_path, stripe_emulator, {"sessions.mjs": script}, "sessions.mjs").strip()
    assert list(stripe_emulator.claim(secret).components) == ["account_onboarding"]


def test_the_example_of_a_test_passes(stripe_emulator: StripeEmulator, tmp_path: Path) -> None:
    files = {"sellers.test.mjs": pages.file("sellers.test.mjs")}
    assert "\n# pass 1\n# fail 0\n" in node(tmp_path, stripe_emulator, files, "--test", "--test-reporter=tap")
