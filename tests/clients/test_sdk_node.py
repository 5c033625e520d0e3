"""The official clients for Node.js, two major versions, as processes of their own."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

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


def test_the_example_of_the_readme_passes(stripe_emulator: StripeEmulator, tmp_path: Path) -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text()
    example = readme.partition("// sellers.test.js\n")[2].partition("```")[0]
    (tmp_path / "sellers.test.mjs").write_text(example.replace("http://127.0.0.1:12111", stripe_emulator.url))
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / "stripe").symlink_to(transcript.installed(install.NODE) / "node_modules" / "stripe-23")
    done = subprocess.run(
        ["node", "--test", "--test-reporter=tap"], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert "\n# pass 1\n# fail 0\n" in done.stdout, done.stdout + done.stderr
