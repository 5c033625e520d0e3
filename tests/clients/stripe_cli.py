"""The Stripe CLI as a process, against the emulator."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from emulator.client import EmulatorClient

from . import install, transcript

NOWHERE = "http://127.0.0.1:9"


def cli(client: EmulatorClient, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Runs the CLI with the key of a sandbox; whatever else it might call is led nowhere."""
    (binary,) = (transcript.installed(install.CLI) / "node_modules" / "@stripe").glob("cli-*/bin/stripe*")
    own = {"HOME": str(folder), "STRIPE_API_KEY": client.api_key, "STRIPE_CLI_TELEMETRY_OPTOUT": "1"}
    return subprocess.run(
        [binary, *words, "--api-base", client.url],
        env={**os.environ, **own, "HTTPS_PROXY": NOWHERE, "NO_PROXY": "127.0.0.1"},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
