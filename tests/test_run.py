"""`stripe-emulator run`: a command beside a server, with its addresses and keys."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path

import pytest

from emulator.server import child

from . import pages

PYTHON = (sys.executable, "-c")
EMULATOR = (sys.executable, "-m", "emulator")
CLIENT = textwrap.dedent("""
    import os, stripe
    client = stripe.StripeClient(os.environ["STRIPE_SECRET_KEY"], base_addresses={"api": os.environ["STRIPE_API_BASE"]})
    print(client.v1.customers.create({"name": "Jenny"}).name)
    client.v1.apple_pay_domains.create({"domain_name": "example.com"})
    raise SystemExit(3)
""")


def _run(options: Sequence[str], command: Sequence[str], **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*EMULATOR, *options, *command],
        env={**{name: text for name, text in os.environ.items() if not name.startswith("STRIPE_")}, **variables},
        capture_output=True, text=True, check=False, timeout=30, stdin=subprocess.DEVNULL,
    )  # fmt: skip


def test_a_command_finds_the_server_and_its_exit_code_is_that_of_the_run() -> None:
    ran = _run(["run", "--"], [*PYTHON, CLIENT])
    generic = "stripe-emulator: Generic, as the API description alone decides: POST /v1/apple_pay/domains once.\n"
    assert (ran.returncode, ran.stdout, ran.stderr) == (3, "Jenny\n", generic)


def test_the_environment_of_a_command_names_the_server_and_its_keys() -> None:
    code = "import os; [print(name, os.environ[name]) for name in sorted(os.environ) if name.startswith('STRIPE_')]"
    ran = _run(["run", "--webhook-secret", "whsec_1", "--"], [*PYTHON, code], STRIPE_SECRET_KEY="sk_live_of_the_shell")
    found = dict(line.split(" ") for line in ran.stdout.splitlines())
    port = found["STRIPE_API_PORT"]
    assert int(port) not in {0, 12111}
    assert found == {
        "STRIPE_API_BASE": f"http://127.0.0.1:{port}",
        "STRIPE_API_HOST": "127.0.0.1",
        "STRIPE_API_KEY": "sk_test_emulator_run",
        "STRIPE_API_PORT": port,
        "STRIPE_API_PROTOCOL": "http",
        "STRIPE_EMULATOR_URL": f"http://127.0.0.1:{port}",
        "STRIPE_PUBLISHABLE_KEY": "pk_test_emulator_run",
        "STRIPE_SECRET_KEY": "sk_test_emulator_run",
        "STRIPE_WEBHOOK_SECRET": "whsec_1",
    }


@pytest.mark.parametrize("options", [["--country", "DE", "run"], ["run", "--country", "DE"], ["run"]])
def test_options_stand_before_and_after_the_name_of_the_command(options: list[str]) -> None:
    code = """
        import os, urllib.request
        headers = {"Authorization": f"Bearer {os.environ['STRIPE_SECRET_KEY']}"}
        account = urllib.request.Request(f"{os.environ['STRIPE_API_BASE']}/v1/account", headers=headers)
        print('"country": "DE"' in urllib.request.urlopen(account).read().decode())
    """
    options = [option.replace("--country", "--platform-country") for option in options]
    variables = {"STRIPE_EMULATOR_PLATFORM_COUNTRY": "DE"} if options == ["run"] else {}
    ran = _run([*options, "--"], [*PYTHON, textwrap.dedent(code)], **variables)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "True\n", "")


@pytest.mark.parametrize(
    ("options", "command", "code", "message"),
    [
        (["run", "--"], ["no-such-command"], 127, "stripe-emulator: cannot run 'no-such-command': No such file or directory\n"),
        (["run", "--"], [os.path.dirname(__file__)], 126, None),
        (["run", "--"], [*PYTHON, "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"], 137, ""),
        (["run", "--rate-limit", "-1"], ["true"], 2, "stripe-emulator: rate_limit must be a whole number of at least 0, not -1\n"),
        (["run", "--uds", "never.sock"], ["true"], 2, None),
        (["run"], [], 2, None),
    ],
)  # fmt: skip
def test_a_command_that_does_not_end_by_itself_has_the_exit_code_of_shells(
    options: list[str], command: list[str], code: int, message: str | None
) -> None:
    ran = _run(options, command)
    assert (ran.returncode, ran.stdout) == (code, "")
    assert message is None or ran.stderr == message
    assert "Traceback" not in ran.stderr


def _block(word: str) -> str:
    return next(block.text for block in pages.of("emulator/server/README.md") if word in block.text)


def _shell(script: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    return subprocess.run(
        ["bash", "-e", "-c", script], env=environment, capture_output=True, text=True, check=False, timeout=30
    )


def test_the_example_of_the_page_prints_a_balance() -> None:
    ran = _shell(_block("run --"))
    assert (ran.returncode, json.loads(ran.stdout)["object"], ran.stderr) == (0, "balance", "")


def test_the_page_names_the_variables_of_a_command() -> None:
    rows = pages.table("emulator/server/README.md", "Variable")
    named = {name for cells in rows for name in re.findall(r"`(\w+)`", cells[0])}
    assert named == child.environment("https://127.0.0.1:1", "whsec_1", "ca.pem").keys()


def test_bash_completes_commands_and_options() -> None:
    asked = "COMP_WORDS='stripe-emulator run --po' COMP_CWORD=2 _STRIPE_EMULATOR_COMPLETE=bash_complete stripe-emulator"
    assert _shell(asked).stdout == "plain,--port\n"
    assert _shell(f"{_block('_source')}\ncomplete -p stripe-emulator").stdout.endswith(" stripe-emulator\n")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_goes_on_to_the_command_which_decides(number: signal.Signals) -> None:
    code = f"""
        import signal, sys
        signal.signal({int(number)}, lambda *_: sys.exit(5))
        print("ready", flush=True)
        signal.pause()
    """
    command = [*EMULATOR, "run", "--", *PYTHON, textwrap.dedent(code)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(number)
        assert process.wait(timeout=20) == 5
