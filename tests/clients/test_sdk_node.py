"""The official clients for Node.js, two major versions, as processes of their own."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from emulator.server import Server
from emulator.settings import DEFAULT_PORT, Settings

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


OLD = """
const stripe = require(process.env.MODULES + "/stripe")(process.env.KEY, {host: "127.0.0.1", port: Number(process.env.PORT)});
PROTOCOL
stripe.accounts.create({type: "express", country: "US"}).then((account) => console.log(account.id));
"""
HOST = re.findall(r"`(stripe\.setHost\([^`]*\))`", pages.PAGES[pages.README])


@pytest.mark.parametrize("tls", [False, True])
def test_an_old_sdk_speaks_http_if_it_is_configured_and_https_otherwise(tmp_path: Path, tls: bool) -> None:
    with Server(Settings(port=0, tls=tls)) as server:
        port = str(urlsplit(server.url).port)
        protocol = "" if tls else HOST[0].replace(str(DEFAULT_PORT), port)
        (tmp_path / "old.cjs").write_text(OLD.replace("PROTOCOL", protocol))
        known = {
            "KEY": "sk_test_old",
            "PORT": port,
            "MODULES": str(transcript.installed(install.NODE_7) / "node_modules"),
        }
        trusted = {"NODE_EXTRA_CA_CERTS": server.ca_file} if tls else {}
        environment = {**pages.environment(), **known, **trusted}
        done = subprocess.run(
            ["node", "old.cjs"], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60, check=False
        )
    assert done.stdout.startswith("acct_"), done.stderr
