"""A command that runs beside the server, with the addresses and the keys of the server in its environment."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Mapping, Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

from emulator.settings import environment_with

SECRET_KEY, PUBLISHABLE_KEY = "sk_test_emulator_run", "pk_test_emulator_run"
NOT_EXECUTABLE, NOT_FOUND, OF_A_SIGNAL = 126, 127, 128  # exit codes as shells have them


class Failed(NamedTuple):
    """A command that did not start: why, and the exit code for it."""

    message: str
    code: int


def environment(url: str, webhook_secret: str = "", ca_file: str = "") -> Mapping[str, str]:
    """The variables for a server at a URL. A certificate that nobody knows is named for Node.js only."""
    scheme, host, port = urlsplit(url).scheme, urlsplit(url).hostname or "", urlsplit(url).port or 0
    return {
        "STRIPE_API_BASE": url,
        "STRIPE_API_PROTOCOL": scheme,
        "STRIPE_API_HOST": host,
        "STRIPE_API_PORT": str(port),
        "STRIPE_SECRET_KEY": SECRET_KEY,
        "STRIPE_API_KEY": SECRET_KEY,
        "STRIPE_PUBLISHABLE_KEY": PUBLISHABLE_KEY,
        "STRIPE_EMULATOR_URL": url,
        **({"STRIPE_WEBHOOK_SECRET": webhook_secret} if webhook_secret else {}),
        **({"NODE_EXTRA_CA_CERTS": ca_file} if ca_file else {}),
    }


async def run(command: Sequence[str], variables: Mapping[str, str]) -> int | Failed:
    """Run a command until it ends, and return its exit code: 128 and the number of a signal that ended it.

    SIGTERM goes on to the command, and SIGINT too unless the terminal sends it to both.
    """
    try:
        process = await asyncio.create_subprocess_exec(*command, env=environment_with(variables))
    except OSError as error:
        code = NOT_EXECUTABLE if isinstance(error, PermissionError) else NOT_FOUND
        return Failed(f"cannot run {command[0]!r}: {error.strerror or error}", code)

    def pass_on(number: signal.Signals) -> None:
        if process.returncode is None and not (number == signal.SIGINT and sys.stdin.isatty()):
            process.send_signal(number)

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, pass_on, number)
    code = await process.wait()
    return OF_A_SIGNAL - code if code < 0 else code
