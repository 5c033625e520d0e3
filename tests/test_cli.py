"""The command line: it starts, says where, logs, ends at once, and explains itself."""

from __future__ import annotations

import asyncio
import json
import re
import signal
import socket
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import Field, fields
from pathlib import Path
from typing import Any

import httpx
import pytest

from emulator import __version__
from emulator.server import bind
from emulator.settings import BadSetting, Settings, from_environment, unknown_variables, variable

from .api import PUBLISHABLE, Api

COMMAND = [sys.executable, "-m", "emulator"]


@contextmanager
def _running(*options: str, **environment: str) -> Iterator[tuple[subprocess.Popen[str], str, list[str]]]:
    """The process, its address, and the lines of its banner."""
    process = subprocess.Popen(
        [*COMMAND, "--port", "0", *options],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={"PATH": "", **environment},
    )  # fmt: skip
    assert process.stdout is not None
    banner = [process.stdout.readline()]
    while banner[-1] and not banner[-1].startswith("Any "):
        banner.append(process.stdout.readline())
    try:
        yield process, re.findall(r"http://\S+", banner[0])[0] if banner[0] else "", banner
    finally:
        process.kill()
        process.wait()
        for pipe in (process.stdout, process.stderr):
            assert pipe is not None
            pipe.close()


def _end(process: subprocess.Popen[str], how: signal.Signals = signal.SIGTERM) -> str:
    """Ends the process and returns its standard error."""
    process.send_signal(how)
    assert process.stderr is not None
    log = process.stderr.read()
    assert process.wait(10) == 0
    return log


def test_the_banner_has_a_line_for_each_sdk() -> None:
    with _running() as (process, url, banner):
        assert banner[0] == f"stripe-emulator {__version__} is listening on {url}\n"
        names = ["Python", "Node", "Ruby", "PHP", "Go", "Java", ".NET", "curl"]
        lines = re.findall(r"^  (\S+)   *(\S.*(?:\n {12}.*)*)", "".join(banner), re.MULTILINE)
        assert [name for name, _ in lines] == names
        port = url.rsplit(":", 1)[1]
        assert all(port in text for _, text in lines)
        assert httpx.get(f"{url}/v1/account", auth=("sk_test_123", "")).status_code == 200
        _end(process)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_with_0(how: signal.Signals) -> None:
    with _running() as (process, url, _), httpx.Client(base_url=url) as client:
        client.get("/v1/account")
        _end(process, how)


def test_each_request_is_one_line() -> None:
    with _running() as (process, url, _):
        account = httpx.post(f"{url}/v1/accounts", auth=("sk_test_123", "")).json()["id"]
        httpx.get(f"{url}/v1/accounts/{account}", auth=("sk_test_123", ""))
        httpx.get(f"{url}/v1/no%0Athing", auth=("sk_test_123", ""))
        httpx.post(f"{url}/v2/core/accounts", auth=("sk_test_123", ""))
        lines = _end(process).splitlines()
    patterns = [
        r"\d\d:\d\d:\d\d\.\d{3} POST /v1/accounts 200 \d+(\.\d+)?ms req_\w{14}",
        rf"\d\d:\d\d:\d\d\.\d{{3}} GET /v1/accounts/{account} 200 \d+(\.\d+)?ms req_\w{{14}} {account}",
        r"\d\d:\d\d:\d\d\.\d{3} GET /v1/no%0Athing 404 \d+(\.\d+)?ms req_\w{14} invalid_request_error",
        r"\d\d:\d\d:\d\d\.\d{3} POST /v2/core/accounts 400 \d+(\.\d+)?ms req_v2\w{15} invalid_fields",
    ]
    assert len(lines) == 4
    for line, pattern in zip(lines, patterns, strict=True):
        assert re.fullmatch(pattern, line), line


def test_the_log_ends_with_the_operations_that_are_not_emulated_or_generic() -> None:
    with _running() as (process, url, _), httpx.Client(base_url=url) as client:
        for key in ("sk_test_1", "sk_test_2"):
            client.post("/v1/tokens", data={"pii[id_number]": "000000000"}, auth=(key, ""))
        client.post("/v1/apple_pay/domains", data={"domain_name": "example.com"}, auth=("sk_test_1", ""))
        client.post("/_emulator/reset", json={"all": True})
        lines = _end(process).splitlines()
    assert [line.partition(" ")[2] for line in lines[-2:]] == [
        "Requested, but not emulated: POST /v1/tokens (pii) 2 times.",
        "Generic, as the API description alone decides: POST /v1/apple_pay/domains once.",
    ]


def test_log_lines_can_be_json_and_can_be_off() -> None:
    with _running("--log-format", "json") as (process, url, _):
        httpx.get(f"{url}/v1/account", auth=("sk_test_123", ""), headers={"stripe-account": "acct_none"})
        line = json.loads(_end(process))
    assert set(line) == {"time", "level", "method", "path", "status", "ms", "request_id", "account", "error"}
    assert (line["path"], line["status"], line["error"]) == ("/v1/account", 403, "account_invalid")
    with _running("--log-level", "warning") as (process, url, _):
        httpx.get(f"{url}/v1/account", auth=("sk_test_123", ""))
        assert _end(process) == ""


def test_options_win_over_the_environment() -> None:
    environment = {"STRIPE_EMULATOR_API_VERSION": "2025-04-30.basil", "STRIPE_EMULATOR_LOG_LEVEL": "error"}
    with _running(**environment) as (process, url, _):
        assert httpx.get(f"{url}/v1/account", auth=("sk_test_1", "")).headers["stripe-version"] == "2025-04-30.basil"
        _end(process)
    with _running("--api-version", "2023-10-16", **environment) as (process, url, _):
        assert httpx.get(f"{url}/v1/account", auth=("sk_test_1", "")).headers["stripe-version"] == "2023-10-16"
        _end(process)


def _run(*options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *options], capture_output=True, text=True, check=False, timeout=30, env={"PATH": "", **environment}
    )


def test_a_busy_port_is_one_line_and_2() -> None:
    taken = bind("127.0.0.1", 0)
    port = taken.getsockname()[1]
    done = _run("--port", str(port))
    taken.close()
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"stripe-emulator: cannot listen on 127.0.0.1 port {port}: Address already in use. Free it, or choose another with "
        "--port (0 picks a free one).\n"
    )


def test_a_closed_output_ends_the_server_and_leaves_no_socket(tmp_path: Path) -> None:
    socket_file = tmp_path / "sock"
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [*COMMAND, "--uds", str(socket_file)], stdout=full, stderr=subprocess.PIPE, text=True, check=False, timeout=30,
            env={"PATH": ""},
        )  # fmt: skip
    assert done.returncode != 0
    assert done.stderr.startswith("stripe-emulator: No space left on device\n")
    assert not socket_file.exists()


HERE = "Choose an address of this machine with --host, such as 127.0.0.1."


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--host", "nosuchhost.invalid"], rf"nosuchhost\.invalid: [^.]+\. {HERE}"),
        (["--host", "999.1.1.1"], rf"999\.1\.1\.1: [^.]+\. {HERE}"),
        (["--host", "ä..b"], rf"ä\.\.b: that is no name of a host\. {HERE}"),
        (["--host", "192.0.2.1"], rf"192\.0\.2\.1 port 12111: Cannot assign requested address\. {HERE}"),
        (["--uds", "/nope/dir/sock"], r"/nope/dir/sock: its folder does not exist\. Make it, or choose another with --uds\."),
        (["--uds", "/dev/null/sock"], r"/dev/null/sock: what should be its folder is a file\. Choose another with --uds\."),
        (["--uds", f"/tmp/{'x' * 200}"], r"/tmp/x{200}: the path is too long\. Choose a shorter one with --uds\."),
    ],
)  # fmt: skip
def test_an_unusable_address_is_an_error_that_names_the_option(options: list[str], message: str) -> None:
    done = _run(*options)
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(f"stripe-emulator: cannot listen on {message}\n", done.stderr), done.stderr


@pytest.mark.parametrize(
    ("options", "environment", "message"),
    [
        (["--port", "70000"], {}, "stripe-emulator: port must be at most 65535, not 70000\n"),
        (["--port", "-1"], {}, "stripe-emulator: port must be a whole number of at least 0, not -1\n"),
        (["--api-version", "soon"], {}, "stripe-emulator: api_version is not a version of the Stripe API: soon. The newest is 2026-10-28.endive\n"),
        (["--api-version", "2024-06-21"], {}, "stripe-emulator: api_version is not a version of the Stripe API: 2024-06-21. Near it: 2024-09-30.acacia, 2024-06-20. The newest is 2026-10-28.endive\n"),
        (["--api-version", "2025-03-31"], {}, "stripe-emulator: api_version is not a version of the Stripe API: 2025-03-31. Near it: 2025-03-31.basil, 2025-03-01.dashboard. The newest is 2026-10-28.endive\n"),
        (["--api-version", "2031-01-01"], {}, "stripe-emulator: api_version is not a version of the Stripe API: 2031-01-01. Near it: 2026-10-28.endive. The newest is 2026-10-28.endive\n"),
        (["--key-pairs", "x"], {}, "stripe-emulator: key_pairs must look like pk_test_A=sk_test_B,pk_test_C=sk_test_D, not 'x'\n"),
        ([], {"STRIPE_EMULATOR_PORT": "many"}, "stripe-emulator: STRIPE_EMULATOR_PORT must be a whole number, not 'many'\n"),
        ([], {"STRIPE_EMULATOR_STRICT": "maybe"}, "stripe-emulator: STRIPE_EMULATOR_STRICT must be true or false, not 'maybe'\n"),
        (["--account-session-lifetime", "99999999999999999999"], {}, "stripe-emulator: account_session_lifetime must be at most 3155760000, not 99999999999999999999\n"),
        (["--browser-session-lifetime", "3155760001"], {}, "stripe-emulator: browser_session_lifetime must be at most 3155760000, not 3155760001\n"),
        (["--request-timeout", "86401"], {}, "stripe-emulator: request_timeout must be at most 86400, not 86401\n"),
        (["--journal-size", "1000001"], {}, "stripe-emulator: journal_size must be at most 1000000, not 1000001\n"),
        (["--account-session-lifetime", "0"], {}, "stripe-emulator: account_session_lifetime must be a whole number of at least 1, not 0\n"),
    ],
)  # fmt: skip
def test_a_bad_option_is_one_line_and_2(options: list[str], environment: dict[str, str], message: str) -> None:
    done = _run(*options, **environment)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", message)


@pytest.mark.parametrize(
    ("options", "word"),
    [(["--prot", "1"], "--port"), (["--log-level", "loud"], "'debug'"), (["--port", "x"], "integer")],
)
def test_an_option_that_cannot_be_is_explained(options: list[str], word: str) -> None:
    done = _run(*options)
    assert done.returncode == 2
    assert word in done.stderr


def test_help_names_every_option() -> None:
    shown = _run("--help", COLUMNS="200").stdout
    for option in fields(Settings):
        assert f"--{option.name.replace('_', '-')}" in shown
    assert _run("--version").stdout == f"stripe-emulator, version {__version__}\n"


# --- settings --------------------------------------------------------------------------------------------------------


def test_settings_come_from_the_environment() -> None:
    given = {variable("port"): "0", variable("strict"): "no", variable("id_seed"): "x", "OTHER": "1"}
    assert from_environment(given) == Settings(port=0, strict=False, id_seed="x")
    assert from_environment({}) == Settings()


@pytest.mark.parametrize(
    ("name", "messages"),
    [
        ("STRIPE_EMULATOR_PROT", ["STRIPE_EMULATOR_PROT is not a setting; did you mean STRIPE_EMULATOR_PORT?"]),
        ("STRIPE_EMULATOR_FOWARD_TO", ["STRIPE_EMULATOR_FOWARD_TO is not a setting; did you mean STRIPE_EMULATOR_FORWARD_TO?"]),
        ("STRIPE_EMULATOR_ZZZZZZZZZZZZ", ["STRIPE_EMULATOR_ZZZZZZZZZZZZ is not a setting."]),
        ("STRIPE_EMULATOR_PORT", []),
        ("STRIPE_EMULATOR_URL", []),
        ("STRIPE_EMULATOR_TLS_CA", []),
        ("STRIPE_EMULATOR_CONTROL_TOKEN", []),
        ("STRIPE_EMULATOR_IMAGE", []),
        ("STRIPE_API_KEY", []),
    ],
)  # fmt: skip
def test_an_unknown_variable_is_reported(name: str, messages: list[str]) -> None:
    assert unknown_variables({name: "1"}) == messages


def test_variables_of_a_kubernetes_service_are_ignored() -> None:
    injected = {
        "STRIPE_EMULATOR_SERVICE_HOST": "10.0.0.1",
        "STRIPE_EMULATOR_SERVICE_PORT": "12111",
        "STRIPE_EMULATOR_SERVICE_PORT_HTTP": "12111",
        "STRIPE_EMULATOR_PORT": "tcp://10.0.0.1:12111",
        "STRIPE_EMULATOR_PORT_12111_TCP": "tcp://10.0.0.1:12111",
        "STRIPE_EMULATOR_PORT_12111_TCP_ADDR": "10.0.0.1",
        "STRIPE_EMULATOR_PORT_12111_TCP_PORT": "12111",
        "STRIPE_EMULATOR_PORT_12111_TCP_PROTO": "tcp",
    }
    assert from_environment(injected) == Settings()
    assert unknown_variables(injected) == []


def test_a_variable_that_is_no_setting_does_not_keep_it_from_starting() -> None:
    with _running(STRIPE_EMULATOR_PROT="1") as (process, url, _):
        assert httpx.get(f"{url}/_emulator/health").status_code == 200
        log = _end(process)
    assert log.startswith(
        "stripe-emulator: STRIPE_EMULATOR_PROT is not a setting; did you mean STRIPE_EMULATOR_PORT?\n"
    )


@pytest.mark.parametrize(
    "pairs",
    ["pk_test_a=pk_test_b", "sk_test_a=sk_test_b", "pk_test_a", "pk_live_a=sk_test_b", "pk_test_a=sk_test_b,,x"],
)
def test_key_pairs_are_checked_at_the_start(pairs: str) -> None:
    with pytest.raises(BadSetting, match="key_pairs"):
        Settings(key_pairs=pairs)


def test_an_ipv6_address_is_shown_in_brackets() -> None:
    if not socket.has_ipv6:
        pytest.skip("this machine has no IPv6")
    with _running("--host", "::1") as (process, url, banner):
        port = re.fullmatch(r"http://\[::1\]:(\d+)", url)
        assert port is not None
        node = f'  Node     new Stripe("sk_test_123", {{host: "::1", port: {port[1]}, protocol: "http"}})\n'
        assert node in banner  # Node.js looks for a host of the name [::1]
        assert httpx.get(f"{url}/_emulator/health").status_code == 200
        _end(process)


def test_the_pipeline_is_not_loaded_before_the_port_is_open() -> None:
    """It costs as much time as all the rest of the start."""
    code = """
        import asyncio, sys
        from emulator import cli
        from emulator.server import server

        async def serve(config, listeners, started, tls=None):
            started(asyncio.Event())
            print(sorted(name for name in sys.modules if name in ("emulator.sandbox.sandbox", "emulator.http.pipeline")))

        server.serve = serve
        cli.command(["--port", "0"])
    """
    command = [sys.executable, "-c", textwrap.dedent(code)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    assert (ran.stdout.splitlines()[-1], ran.stderr) == ("[]", "")


# The other kinds of objects, and modules that most first requests do not need.
LATER = (
    *(f"emulator.resources.{name}" for name in ("billing", "core", "generic", "money", "payments", "v2", "stored")),
    *("emulator.auth.permissions", "emulator.catalog.responses", "emulator.errors.areas", "emulator.schema.shape"),
    *("emulator.webhooks", "starlette"),
)


def test_the_first_account_loads_no_other_kinds_of_objects() -> None:
    """Modules take as much time as all else until the first response, most of which no account needs."""
    code = """
        import sys
        from emulator.app import Emulator
        from emulator.http.message import Request

        key = {b"authorization": b"Bearer sk_test_first", b"content-type": b"application/x-www-form-urlencoded"}
        response, _ = Emulator().pipeline.respond(Request("POST", "/v1/accounts", b"", key, b"type=custom&country=US"))
        print(response.status, *sys.modules)
    """
    command = [sys.executable, "-c", textwrap.dedent(code)]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30)
    status, *modules = ran.stdout.split()
    assert status == "200"
    assert [name for name in modules if f"{name}.".startswith(tuple(f"{later}." for later in LATER))] == []


NUMBERS = [option for option in fields(Settings) if type(option.default) is int]


def settings_of(name: str, value: int) -> Settings:
    numbers: dict[str, Any] = {name: value}
    return Settings(**numbers)


@pytest.mark.parametrize("option", NUMBERS, ids=lambda option: option.name)
def test_every_number_has_bounds_and_works_at_both(option: Field[int]) -> None:
    least, most = option.metadata["minimum"], option.metadata["maximum"]
    for wrong in (least - 1, most + 1, 10**30, -(10**30)):
        with pytest.raises(BadSetting, match=option.name):
            settings_of(option.name, wrong)
    for bound in (least, most):
        api = Api(settings_of(option.name, bound))
        session = api.session(api.account(type="express"), {"payments": {"enabled": True}})
        assert session.status == 200, session.body
        claim = {"client_secret": session.body["client_secret"], "publishable_key": PUBLISHABLE}
        claimed = asyncio.run(api.control("POST", "/connect/claim", claim, None))
        assert claimed.status_code == 200, claimed.text
