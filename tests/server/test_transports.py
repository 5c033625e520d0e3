"""The ways in: https, a Unix socket, both loopbacks, and no socket at all. Real clients judge."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import re
import socket
import ssl
import stat
import subprocess
import sys
import tempfile
import textwrap
import time
import warnings
from collections.abc import Iterator
from http.client import HTTPSConnection
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import stripe

from emulator.cli import banner
from emulator.client import EmulatorClient, EmulatorError
from emulator.server import CannotListen, Server, listeners, tls
from emulator.settings import BadSetting, Settings

from ..clients import install, transcript

if TYPE_CHECKING:
    from fixtures.transport import InProcess, _read
else:
    from emulator_fixtures.transport import InProcess, _read

KEY = "sk_test_123"
pytestmark = pytest.mark.filterwarnings("ignore:We recommend building your integration using Accounts v2")
NODE = """
import http from "node:http";
import Stripe from "{stripe}/esm/stripe.esm.node.js";
const client = new Stripe("sk_test_123", {config});
const account = await client.accounts.create({{type: "custom"}});
const session = await client.accountSessions.create({{account: account.id, components: {{payments: {{enabled: true}}}}}});
console.log(JSON.stringify([session.object, session.account === account.id]));
"""


def run(*command: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={"PATH": os.environ["PATH"], **environment},
    )


def node(config: str, folder: Path, **environment: str) -> Any:
    """The report of stripe-node about an account session."""
    package = (transcript.installed(install.NODE) / "node_modules" / "stripe-23").as_posix()
    script = folder / "script.mjs"
    script.write_text(NODE.format(stripe=package, config=config))
    done = run("node", script, **environment)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


# --- https -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def secure() -> Iterator[Server]:
    with Server(Settings(port=0, tls=True)) as running:
        yield running


def port_of(server: Server) -> int:
    return int(server.url.rsplit(":", 1)[1])


def test_stripe_python_verifies_the_certificate_with_the_ca(secure: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    client = stripe.StripeClient(KEY, base_addresses={"api": secure.url})
    with pytest.raises(stripe.APIConnectionError, match="Could not verify Stripe's SSL certificate"):
        client.v1.accounts.retrieve_current()
    monkeypatch.setattr(stripe, "ca_bundle_path", secure.ca_file)
    assert client.v1.accounts.retrieve_current().object == "account"


def test_stripe_node_trusts_the_ca(secure: Server, tmp_path: Path) -> None:
    config = f'{{host: "127.0.0.1", port: {port_of(secure)}, protocol: "https"}}'
    assert node(config, tmp_path, NODE_EXTRA_CA_CERTS=secure.ca_file) == ["account_session", True]


def test_curl_trusts_the_ca(secure: Server) -> None:
    done = run("curl", "-sS", "--cacert", secure.ca_file, f"{secure.url}/v1/account", "-u", f"{KEY}:")
    assert json.loads(done.stdout)["object"] == "account"
    refused = run("curl", "-sS", f"{secure.url}/v1/account", "-u", f"{KEY}:")
    assert refused.returncode == 60


@pytest.mark.parametrize("name", ["connect-js.stripe.com", "js.stripe.com", "api.stripe.com", "localhost"])
def test_the_certificate_names_every_host_of_the_server(secure: Server, name: str) -> None:
    port = port_of(secure)
    done = run(
        "curl",
        "-sS",
        "--cacert",
        secure.ca_file,
        "--resolve",
        f"{name}:{port}:127.0.0.1",
        f"https://{name}:{port}/v1/account",
        "-u",
        f"{KEY}:",
    )
    assert json.loads(done.stdout)["object"] == "account", done.stderr


def test_the_ca_is_served_and_the_client_uses_it(secure: Server) -> None:
    trusted = ssl.create_default_context(cafile=secure.ca_file)
    response = httpx.get(f"{secure.url}/_emulator/tls/ca.pem", verify=trusted)
    assert (response.text, response.headers["content-type"]) == (
        Path(secure.ca_file).read_text(),
        "application/x-pem-file",
    )
    assert EmulatorClient(secure.url, KEY, ca_file=secure.ca_file).health()["status"] == "ok"
    with pytest.raises(EmulatorError, match="CERTIFICATE_VERIFY_FAILED"):
        EmulatorClient(secure.url, KEY).health()


def test_without_https_there_is_no_ca() -> None:
    with Server() as plain:
        response = httpx.get(f"{plain.url}/_emulator/tls/ca.pem")
    assert (response.status_code, response.json()["error"]["code"]) == (404, "tls_disabled")


def test_no_strict_transport_security_header_is_sent(secure: Server) -> None:
    trusted = ssl.create_default_context(cafile=secure.ca_file)
    assert "strict-transport-security" not in httpx.get(f"{secure.url}/v1/account", verify=trusted).headers


def test_no_private_key_is_left_on_disk() -> None:
    with Server(Settings(port=0, tls=True)) as running:
        folder = Path(running.ca_file).parent
        assert [file.name for file in folder.iterdir()] == ["ca.pem"]
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert not folder.exists()


def test_shutdown_closes_https_connections() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for _ in range(5):
            with Server(Settings(port=0, tls=True)) as running:
                trusting = ssl.create_default_context(cafile=running.ca_file)
                kept = HTTPSConnection("127.0.0.1", port_of(running), context=trusting)
                kept.request("GET", "/_emulator/health")
                kept.getresponse().read()
            kept.close()
            gc.collect()
    assert [str(each.message) for each in caught if "TCPTransport" in str(each.message)] == []


def test_the_ca_is_written_to_the_path_of_the_setting(tmp_path: Path) -> None:
    wanted = tmp_path / "ca.pem"
    with Server(Settings(port=0, tls=True, tls_ca=str(wanted))) as running:
        assert running.ca_file == str(wanted)
        assert EmulatorClient(running.url, KEY, ca_file=str(wanted)).health()["status"] == "ok"
    assert wanted.exists()


def test_a_given_certificate_is_served(tmp_path: Path) -> None:
    made = tls.make("example.test")
    (tmp_path / "cert.pem").write_bytes(made.chain)
    (tmp_path / "key.pem").write_bytes(made.key)
    settings = Settings(port=0, tls_cert=str(tmp_path / "cert.pem"), tls_key=str(tmp_path / "key.pem"))
    with Server(settings) as running:
        name = f"example.test:{port_of(running)}"
        done = run(
            "curl", "-sS", "--cacert", running.ca_file, "--resolve", f"{name}:127.0.0.1", f"https://{name}/v1/account"
        )
        assert json.loads(done.stdout)["error"]["type"] == "invalid_request_error", done.stderr


def test_the_certificate_is_valid_on_moved_clocks() -> None:
    x509 = pytest.importorskip("cryptography.x509")
    leaf, ca = x509.load_pem_x509_certificates(tls.make().chain)
    assert {(c.not_valid_before_utc.year, c.not_valid_after_utc.year) for c in (leaf, ca)} == {(2000, 3000)}


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"tls_cert": "x"}, "tls_cert and tls_key go together"),
        ({"tls": True, "uds": "x"}, "uds and tls exclude each other"),
        ({"control_token": "ü"}, "control_token must be ASCII"),
    ],
)
def test_conflicting_settings_are_refused(settings: Any, words: str) -> None:
    with pytest.raises(BadSetting, match=words):
        Settings(**settings)


@pytest.mark.parametrize(
    ("cert", "key", "words"),
    [
        ("none", "key", "tls_cert cannot be read ({0}/none): No such file or directory"),
        ("cert", ".", "tls_key cannot be read ({0}): Is a directory"),
        ("key", "key", "tls_cert holds no certificate ({0}/key): it must be a PEM file, with BEGIN CERTIFICATE"),
        ("cert", "other", "tls_key is not the key of tls_cert, but of another certificate ({0}/other, {0}/cert)"),
        ("cert", "cert", "tls_cert and tls_key cannot be used ({0}/cert, {0}/cert): they must be PEM files"),
        ("cert", "encrypted", "tls_key is encrypted: give one without a passphrase, as of openssl pkey"),
    ],
)
def test_an_unusable_certificate_is_reported_and_nothing_is_left_over(
    tmp_path: Path, cert: str, key: str, words: str
) -> None:
    serialization = pytest.importorskip("cryptography.hazmat.primitives.serialization")
    made = tls.make()
    private = serialization.load_pem_private_key(made.key, None)
    locked = serialization.BestAvailableEncryption(b"secret")
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8)
    files = {
        "cert": made.chain,
        "key": made.key,
        "other": tls.make().key,
        "encrypted": private.private_bytes(*form, locked),
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    with pytest.raises(BadSetting, match=f"^{re.escape(words.format(tmp_path))}$"):
        Server(Settings(port=0, tls_cert=str(tmp_path / cert), tls_key=str(tmp_path / key))).start()


def test_a_ca_that_cannot_be_written_is_reported_and_the_port_released(tmp_path: Path) -> None:
    free = listeners.bind("127.0.0.1", 0)
    port = free.getsockname()[1]
    free.close()
    wanted = tmp_path / "none" / "ca.pem"
    words = re.escape(f"tls_ca cannot be written ({wanted}): No such file or directory")
    with pytest.raises(BadSetting, match=f"^{words}$"):
        Server(Settings(port=port, tls=True, tls_ca=str(wanted))).start()
    listeners.bind("127.0.0.1", port).close()


def test_a_busy_port_leaves_no_certificate_behind(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    taken = listeners.bind("127.0.0.1", 0)
    with pytest.raises(CannotListen):
        Server(Settings(port=taken.getsockname()[1], tls=True)).start()
    taken.close()
    assert list(tmp_path.iterdir()) == []


def test_the_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "trustme", None)
    with pytest.raises(BadSetting, match=r"pip install 'stripe-connect-emulator\[tls\]'"):
        tls.make()


def test_a_host_that_no_certificate_can_name_is_refused() -> None:
    with pytest.raises(BadSetting, match="tls cannot make a certificate for the host my_host: "):
        tls.make("my_host")


def test_the_banner_names_the_ca() -> None:
    shown = banner("https://127.0.0.1:5", "/tmp/ca.pem", control=False)
    assert 'protocol: "https"' in shown
    assert "NODE_EXTRA_CA_CERTS=/tmp/ca.pem\n" in shown
    assert "curl --cacert /tmp/ca.pem https://127.0.0.1:5/v1/account" in shown
    assert shown.endswith("Control API: off\n")


# --- a Unix socket -----------------------------------------------------------------------------------------------------


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "emulator.sock")


def test_clients_connect_to_a_unix_socket(path: str, tmp_path: Path) -> None:
    with Server(Settings(uds=path)) as running:
        assert running.url == f"unix:{path}"
        assert stat.S_IMODE(os.lstat(path).st_mode) == 0o600
        done = run("curl", "-sS", "--unix-socket", path, "http://localhost/v1/account", "-u", f"{KEY}:")
        assert json.loads(done.stdout)["object"] == "account"
        config = f'{{protocol: "http", httpAgent: new http.Agent({{socketPath: "{path}"}})}}'
        assert node(config, tmp_path) == ["account_session", True]
        assert len(EmulatorClient(running.url, KEY).account_sessions) == 1
    assert not Path(path).exists()


def test_a_socket_file_that_nobody_listens_on_is_replaced(path: str) -> None:
    stale = socket.socket(socket.AF_UNIX)
    stale.bind(path)
    stale.close()
    with Server(Settings(uds=path)) as running:
        assert EmulatorClient(running.url, KEY).health()["status"] == "ok"


def test_a_socket_in_use_is_kept(path: str) -> None:
    with Server(Settings(uds=path)) as running:
        with pytest.raises(
            CannotListen, match=r"emulator.sock: a server listens on it already. Free it, or choose another with --uds."
        ):
            Server(Settings(uds=path)).start()
        assert EmulatorClient(running.url, KEY).health()["status"] == "ok"


def test_a_file_that_is_no_socket_is_kept(path: str) -> None:
    Path(path).write_text("mine")
    with pytest.raises(
        CannotListen, match=r"emulator.sock: it is there and is no socket. Free it, or choose another with --uds."
    ):
        Server(Settings(uds=path)).start()
    assert Path(path).read_text() == "mine"


def test_an_impossible_socket_path_is_reported_in_one_line(path: str) -> None:
    with pytest.raises(CannotListen, match=r"^\[Errno \d+\] cannot listen on \S+: \S.*choose another with --uds\.$"):
        Server(Settings(uds=f"{path}/none/x")).start()
    with pytest.raises(CannotListen, match="the path is too long"):
        Server(Settings(uds=path + "x" * 200)).start()


def test_the_file_of_another_server_is_not_removed(path: str) -> None:
    first = Server(Settings(uds=path)).start()
    os.unlink(path)
    with Server(Settings(uds=path)) as second:
        first.stop()
        assert EmulatorClient(second.url, KEY).health()["status"] == "ok"


def test_the_banner_of_a_unix_socket() -> None:
    shown = banner("unix:/run/e.sock", "", control=True)
    assert "curl --unix-socket /run/e.sock http://localhost/v1/account" in shown
    assert 'socketPath: "/run/e.sock"' in shown


# --- both loopbacks ------------------------------------------------------------------------------------------------


def has_ipv6() -> bool:
    try:
        listeners.bind("::1", 0).close()
    except CannotListen:
        return False
    return True


needs_ipv6 = pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")


@needs_ipv6
def test_localhost_is_both_loopback_addresses_on_one_port() -> None:
    with Server(Settings(host="localhost", port=0)) as running:
        port = port_of(running)
        assert running.url == f"http://127.0.0.1:{port}"
        for host in ("127.0.0.1", "[::1]", "localhost"):
            assert httpx.get(f"http://{host}:{port}/_emulator/health").status_code == 200


@needs_ipv6
def test_a_port_in_use_on_one_loopback_address_is_busy() -> None:
    taken = listeners.bind("::1", 0)
    port = taken.getsockname()[1]
    with pytest.raises(CannotListen, match=f"cannot listen on ::1 port {port}"):
        Server(Settings(host="localhost", port=port)).start()
    taken.close()
    listeners.bind("127.0.0.1", port).close()


def test_without_ipv6_localhost_is_the_ipv4_loopback_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listeners, "LOOPBACKS", ("127.0.0.1", "2001:db8::1"))
    with Server(Settings(host="localhost", port=0)) as running:
        assert EmulatorClient(running.url, KEY).health()["status"] == "ok"


# --- no socket -----------------------------------------------------------------------------------------------------


@pytest.fixture
def transport() -> Iterator[InProcess]:
    with Server(Settings(port=0)) as server:
        yield InProcess(server)


def client_of(transport: InProcess, **options: Any) -> stripe.StripeClient:
    return stripe.StripeClient(KEY, http_client=transport, **options)


def test_the_sdk_works_without_a_socket(transport: InProcess) -> None:
    client = client_of(transport)
    account = client.v1.accounts.create({"type": "custom", "metadata": {"note": "ü & ="}})
    assert account.metadata is not None
    assert account.metadata["note"] == "ü & ="
    session = client.v1.account_sessions.create({"account": account.id, "components": {"payments": {"enabled": True}}})
    assert session.account == account.id
    assert session.last_response is not None
    assert session.last_response.headers["request-id"] == session.last_response.request_id
    assert session.last_response.headers["Request-Id"].startswith("req_")
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.account_sessions.create({"account": account.id, "components": {"paymentz": {"enabled": True}}})  # type: ignore[typeddict-unknown-key]
    assert (refused.value.http_status, refused.value.param) == (400, "components[paymentz]")
    assert str(refused.value.request_id).startswith("req_")


@pytest.mark.asyncio
async def test_the_sdk_works_without_a_socket_asynchronously(transport: InProcess) -> None:
    client = client_of(transport)
    accounts = await asyncio.gather(*(client.v1.accounts.create_async({"type": "custom"}) for _ in range(20)))
    assert len({account.id for account in accounts}) == 20
    body, status, _ = await transport.request_stream_async(
        "GET", "https://api.stripe.com/v1/account", {"Authorization": f"Bearer {KEY}"}
    )
    assert (status, json.loads(b"".join([part async for part in body]))["object"]) == (200, "account")
    await transport.close_async()


@pytest.mark.asyncio
async def test_a_request_completes_when_its_client_gives_up(transport: InProcess) -> None:
    """As over a socket: the server has it, and its idempotency key finds what came of it."""
    key = "sk_test_gives_up"
    emulator, client = EmulatorClient(transport._server.url, key), stripe.StripeClient(key, http_client=transport)
    fault = emulator.fault(path="/v1/accounts", latency=0.2)
    account: Any = {"type": "custom"}
    asked = asyncio.create_task(client.v1.accounts.create_async(account, {"idempotency_key": "k"}))
    while not fault.hits:
        await asyncio.sleep(0.01)
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    async with asyncio.timeout(10):
        while not emulator.requests:
            await asyncio.sleep(0.01)
    again = await client.v1.accounts.create_async(account, {"idempotency_key": "k"})
    assert [each.id for each in client.v1.accounts.list()] == [again.id]


def test_a_response_can_be_read_as_a_stream(transport: InProcess) -> None:
    body, status, _ = transport.request_stream(
        "GET", "https://api.stripe.com/v1/account", {"Authorization": f"Bearer {KEY}"}
    )
    assert (status, json.loads(body.read())["object"]) == (200, "account")
    transport.close()


def test_the_module_works_without_a_socket(transport: InProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stripe, "default_http_client", transport)
    monkeypatch.setattr(stripe, "api_key", KEY)
    assert stripe.Account.create(type="custom").type == "custom"


def test_half_a_response_fails_as_over_a_socket() -> None:
    for raw, retry in ((b"", True), (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", False)):
        with pytest.raises(stripe.APIConnectionError) as broken:
            _read(raw, "GET")
        assert broken.value.should_retry is retry


def test_a_header_of_two_lines_is_not_sent(transport: InProcess) -> None:
    with pytest.raises(stripe.APIConnectionError, match="A header contains a line break"):
        client_of(transport).v1.accounts.create({"type": "custom"}, {"idempotency_key": "a\r\nX: y"})


def test_a_request_without_a_server_is_refused(transport: InProcess) -> None:
    transport._server.stop()
    with pytest.raises(RuntimeError, match="the emulator is not running"):
        client_of(transport).v1.accounts.retrieve_current()


IN_PROCESS = """
import pytest, stripe

@pytest.fixture(scope="session")
def stripe_emulator_transport():
    return "in-process"

def test_module(stripe_emulator):
    assert stripe.default_http_client.name == "in-process"
    account = stripe.Account.create(type="custom")
    session = stripe.AccountSession.create(account=account.id, components={"payments": {"enabled": True}})
    assert stripe_emulator.claim(session.client_secret).account == account.id
    assert [entry.path for entry in stripe_emulator.requests] == ["/v1/accounts", "/v1/account_sessions"]

def test_client(stripe_client):
    assert stripe_client.v1.accounts.create({"type": "custom"}).id.startswith("acct_")

def test_frozen(stripe_emulator):
    from freezegun import freeze_time
    with freeze_time("2030-01-01") as frozen:
        assert stripe.Account.create(type="custom").created == 1893456000
        frozen.tick(60)
        assert stripe.Account.create(type="custom").created == 1893456060

def test_left_as_it_was():
    assert stripe.default_http_client is None
"""


def test_the_fixture_offers_it(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(IN_PROCESS)
    pytester.runpytest_subprocess("-p", "no:cacheprovider", "-W", "ignore").assert_outcomes(passed=4)


def test_an_unknown_transport_is_refused(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
import pytest

@pytest.fixture(scope="session")
def stripe_emulator_transport():
    return "pigeon"

def test_it(stripe_emulator):
    pass
"""
    )
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*stripe_emulator_transport must be one of socket, in-process*"])


def test_the_fixture_speaks_https_and_knows_the_token(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        textwrap.dedent("""
        import pytest, stripe
        from emulator.settings import Settings

        @pytest.fixture(scope="session")
        def stripe_emulator_settings():
            return Settings(port=0, tls=True, control_token="secret")

        def test_it(stripe_emulator):
            assert stripe_emulator.url.startswith("https://127.0.0.1:")
            account = stripe.Account.create(type="custom")
            session = stripe.AccountSession.create(account=account.id, components={"payments": {"enabled": True}})
            assert stripe_emulator.claim(session.client_secret).account == account.id
            assert stripe_emulator.advance(5) > 0
        """)
    )
    pytester.runpytest_subprocess("-p", "no:cacheprovider", "-W", "ignore").assert_outcomes(passed=1)


def main() -> None:
    """Prints how long a call takes by each transport: `python -m tests.server.test_transports`."""
    with Server(Settings(port=0)) as server:
        for name, client in (
            ("socket", stripe.StripeClient(KEY, base_addresses={"api": server.url})),
            ("in-process", client_of(InProcess(server))),
        ):
            times = []
            for _ in range(300):
                start = time.perf_counter()
                client.v1.accounts.retrieve_current()
                times.append(time.perf_counter() - start)
            print(f"{name:12} {sorted(times)[150] * 1000:.2f} ms")  # noqa: T201


if __name__ == "__main__":
    main()
