"""The pytest plugin, judged by running pytest inside pytest."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from emulator.recorded import RecordedRequest
from emulator.server import Server
from emulator.settings import Settings

if TYPE_CHECKING:
    from fixtures.transcript import transcript
else:
    from emulator_fixtures.transcript import transcript

CREATE = """
import stripe

def session(account_type="custom"):
    account = stripe.Account.create(type=account_type)
    return stripe.AccountSession.create(account=account.id, components={"payments": {"enabled": True}})
"""
QUIET = ["-p", "no:cacheprovider", "-W", "ignore"]


def test_the_fixture_needs_no_set_up(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        CREATE
        + """
def test_a_session_is_claimed_once(stripe_emulator):
    claim = stripe_emulator.claim(session().client_secret)
    assert list(claim.components) == ["payments"]

def test_the_sandbox_is_fresh(stripe_emulator, stripe_client):
    assert stripe_emulator.account_sessions == []
    assert list(stripe_client.v1.accounts.list()) == []
    assert stripe_client is stripe_emulator.client
    assert stripe_emulator.publishable_key == "pk" + stripe_emulator.api_key[2:]
"""
    )
    pytester.runpytest(*QUIET).assert_outcomes(passed=2)


def test_without_the_sdk_one_sentence_says_what_to_install(pytester: pytest.Pytester) -> None:
    pytester.makeconftest("import sys; sys.modules['stripe'] = None")
    pytester.makepyfile(
        """
def test_the_fixture(stripe_client):
    pass

def test_the_handle(stripe_emulator):
    stripe_emulator.client

def test_what_needs_no_sdk(stripe_emulator):
    assert stripe_emulator.create_account(type="custom")["id"]
"""
    )
    result = pytester.runpytest_subprocess(*QUIET)
    result.assert_outcomes(passed=1, failed=1, errors=1)
    text = result.stdout.str()
    assert text.count("stripe-python is not installed: pip install 'stripe>=16.1'") >= 2
    assert "ModuleNotFoundError" not in text


@pytest.mark.parametrize("transport", ["socket", "in-process"])
def test_an_sdk_that_is_too_old_is_told(pytester: pytest.Pytester, transport: str) -> None:
    pytester.makepyfile(stripe="api_key = None")
    pytester.makeconftest(
        f"""
import pytest, stripe

@pytest.fixture(scope="session")
def stripe_emulator_transport():
    return {transport!r}
"""
    )
    pytester.makepyfile("def test_x(stripe_client): pass")
    result = pytester.runpytest_subprocess(*QUIET)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["stripe-python * is too old: pip install 'stripe>=16.1'"])
    assert "AttributeError" not in result.stdout.str()


def test_the_sdk_is_left_as_it_was(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
import pytest, stripe

NAMES = ["api_key", "api_base", "upload_api_base", "connect_api_base", "meter_events_api_base"]

@pytest.fixture(autouse=True)
def unchanged():
    stripe.api_key = "sk_test_mine"
    before = [getattr(stripe, name) for name in NAMES]
    yield
    assert [getattr(stripe, name) for name in NAMES] == before
    stripe.api_key = None

def test_pointed(unchanged, stripe_emulator):
    assert [getattr(stripe, name) for name in NAMES] == [stripe_emulator.api_key] + [stripe_emulator.url] * 4

def test_failing(unchanged, stripe_emulator):
    raise ValueError
"""
    )
    pytester.runpytest(*QUIET).assert_outcomes(passed=1, failed=1)


def test_a_failed_test_shows_its_last_requests(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        CREATE
        + """
import pytest

@pytest.fixture
def platform(stripe_emulator):
    return stripe_emulator

def test_refused(platform):
    with pytest.raises(stripe.InvalidRequestError):
        stripe.AccountSession.create(account="acct_none", components={"payments": {"enabled": True}})
    session()
    assert False

def test_silent(stripe_emulator):
    assert False
"""
    )
    result = pytester.runpytest(*QUIET)
    result.assert_outcomes(failed=2)
    result.stdout.re_match_lines(
        [
            r".*Stripe emulator: last requests.*",
            r"POST /v1/account_sessions -> 400 req_\w{14}",
            r"account=acct_none&components\[payments\]\[enabled\]=true",
            r'.*"message": "No such account: \'acct_none\'",',
            r"POST /v1/account_sessions -> 200 req_\w{14}",
            r'  "client_secret": "accs_secret__\w{4}\*\*\*\w{4}",',
            r"  \.\.\. \d+ more lines",
            r"This test's sandbox got no request\. Code that sets a key of its own talks to another one: .*api_key\.",
        ]
    )


def test_a_fixture_that_fails_shows_the_last_requests_too_whoever_asked_for_the_handle(
    pytester: pytest.Pytester,
) -> None:
    pytester.makepyfile(
        """
import pytest, stripe

@pytest.fixture
def aaa_seller(request):
    request.getfixturevalue("stripe_emulator")
    stripe.Account.create(type="expres")

def test_setup(aaa_seller):
    pass
"""
    )
    result = pytester.runpytest(*QUIET)
    result.assert_outcomes(errors=1)
    result.stdout.re_match_lines(
        [r".*Stripe emulator: last requests.*", r"POST /v1/accounts -> 400 req_\w{14}", "type=expres"]
    )


def test_a_failed_test_shows_what_its_pages_did(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        CREATE
        + """
import httpx

def test_refused(stripe_emulator):
    told = {"kind": "error", "component": "payouts", "name": "invalid_request_error", "detail": "It is not enabled."}
    body = {"publishable_key": stripe_emulator.publishable_key, "told": [told]}
    session()
    httpx.post(f"{stripe_emulator.url}/_emulator/connect/report", json=body)
    assert False
"""
    )
    result = pytester.runpytest(*QUIET)
    result.assert_outcomes(failed=1)
    result.stdout.re_match_lines(
        [
            r".*Stripe emulator: last requests.*",
            r".*Stripe emulator: pages.*",
            r"payouts error invalid_request_error It is not enabled\.",
        ]
    )


ACCOUNT = """\
{
  "id": "acct_1",
  "object": "account",
  "business_profile": {
    "mcc": null,
    "support_address": {
      "city": null
    }
  },
  "capabilities": {},
  "charges_enabled": false,
  "company": {
    "name": null,
    "owners_provided": false,
    "phone": null
  },
  "requirements": {
    "current_deadline": null,
    "currently_due": [
      "business_profile.mcc",
      "external_account"
    ],
    "disabled_reason": "requirements.past_due",
    "errors": []
  },
  "type": "custom"
}
"""
TOLD = """\
{
  "id": "acct_1",
  "object": "account",
  "type": "custom",
  "charges_enabled": false,
  "requirements": {
    "currently_due": ["business_profile.mcc", "external_account"],
    "disabled_reason": "requirements.past_due",
    "errors": []
  },
  "capabilities": {},
  "company": {
    "owners_provided": false
  }
}"""
CUT = """\
{
  "object": "account",
  "email": null,
  "country": "US",
  "requirements": {
    "currently_due": [
      "external_acc"""
CUT_TOLD = """\
{
  "object": "account",
  "requirements": {
    "currently_due": [
      "external_acc
  "country": "US","""
ERROR = """\
{
  "error": {
    "code": "invalid_fields",
    "message": "No."
  }
}
"""


def recorded(response: str) -> RecordedRequest:
    return RecordedRequest(
        at=0, method="GET", path="/v1/account", status=200, request_id="req_1", account=None, error=None, version="",
        idempotency_key=None, replayed=False, fault=None, user_agent=None, request_body="", response_body=response,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (ACCOUNT, TOLD),
        (ERROR, ERROR.rstrip()),
        (CUT, CUT_TOLD),
        ("<html>", "<html>"),
    ],
    ids=["account", "error", "cut", "page"],
)
def test_an_answer_is_shown_without_nulls_and_what_counts_first(body: str, told: str) -> None:
    assert transcript([recorded(body)]) == f"GET /v1/account -> 200 req_1\n{told}"


def test_only_the_last_requests_and_their_first_lines_are_shown() -> None:
    assert transcript([recorded("")] * 9) == "\n\n".join(["GET /v1/account -> 200 req_1"] * 5)
    assert transcript([recorded("x\n" * 20)]).splitlines()[-2:] == ["x", "  ... 5 more lines"]


def test_a_required_fault_that_nothing_hits_fails_the_test(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import stripe

        def test_hit(stripe_emulator):
            stripe_emulator.fault(error="lock_timeout", required=True)
            stripe.Account.list()

        def test_never_hit(stripe_emulator):
            stripe_emulator.fault(
                error="lock_timeout", path="/v1/account_sessions", params={"account": "acct_1"}, required=True
            )
            stripe_emulator.fault(connection="drop", moment="after", required=True, account="acct_1", latency=0.5)
            stripe_emulator.fault(status=502)
            stripe.Account.list(limit=3)
        """
    )
    result = pytester.runpytest(*QUIET)
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        [
            "The fault lock_timeout on any /v1/account_sessions with params[[]account]='acct_1' was never hit. The nearest:",
            "  GET /v1/accounts -> 502 (path is '/v1/accounts'; params[[]account] is not there)",
            "The fault drop and 0.5 s of latency on any request with account='acct_1' after it ran was never hit: no *",
        ]
    )


def test_the_handle_tells_what_may_hurt_later(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        CREATE
        + """
def test_warnings(stripe_emulator):
    secret = session().client_secret
    assert stripe_emulator.warnings == []
    stripe_emulator.advance(120)
    account = stripe_emulator.account_sessions[0].account
    assert stripe_emulator.warnings == [
        f"never_claimed: The account session {secret[:17]}***{secret[-4:]} of {account} was minted and never claimed: "
        "is one created too many?"
    ]
"""
    )
    pytester.runpytest(*QUIET).assert_outcomes(passed=1)


def test_a_bug_of_the_emulator_fails_the_test(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
import stripe
from emulator import resources
from emulator.resources.call import Endpoint

def broken(call):
    raise ZeroDivisionError

def test_swallows_the_500(stripe_emulator, monkeypatch):
    monkeypatch.setattr(resources, "ENDPOINTS", {"GetAccount": Endpoint(broken)})
    try:
        stripe_emulator.client.v1.accounts.retrieve_current(options={"max_network_retries": 0})
    except stripe.APIError:
        pass
"""
    )
    result = pytester.runpytest(*QUIET)
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*The emulator failed on a request:*", "*ZeroDivisionError*"])


def test_settings_can_be_overridden(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(
        """
import pytest
from emulator.settings import Settings

@pytest.fixture(scope="session")
def stripe_emulator_settings():
    return Settings(port=0, account_session_lifetime=7)
"""
    )
    pytester.makepyfile(
        CREATE
        + """
def test_lifetime(stripe_emulator):
    now = stripe_emulator.freeze()
    assert session().expires_at == now + 7
"""
    )
    pytester.runpytest(*QUIET).assert_outcomes(passed=1)


def test_settings_can_be_parametrized(pytester: pytest.Pytester) -> None:
    """Each parameter is a server of its own, against which every test runs."""
    pytester.makeconftest(
        """
import pytest
from emulator.settings import Settings

@pytest.fixture(scope="session", params=["US", "DE"])
def stripe_emulator_settings(request):
    return Settings(port=0, platform_country=request.param)
"""
    )
    pytester.makepyfile(
        """
def test_country(stripe_emulator, stripe_emulator_settings):
    assert stripe_emulator.create_account(type="custom")["country"] == stripe_emulator_settings.platform_country
"""
    )
    pytester.runpytest(*QUIET).assert_outcomes(passed=2)


def test_a_running_emulator_can_be_used(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    with Server() as server:
        monkeypatch.setenv("STRIPE_EMULATOR_URL", server.url + "/")
        pytester.makepyfile(
            CREATE + f"def test_attached(stripe_emulator): session(); assert stripe_emulator.url == {server.url!r}"
        )
        pytester.runpytest(*QUIET).assert_outcomes(passed=1)
        assert len(server.emulator.sandboxes) == 1


def test_nobody_at_the_address_is_told(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    with Server() as server:
        url = server.url
    monkeypatch.setenv("STRIPE_EMULATOR_URL", url)
    pytester.makepyfile("def test_x(stripe_emulator): pass")
    result = pytester.runpytest(*QUIET)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        [f"*STRIPE_EMULATOR_URL: No emulator answers at {url} *Start it with: stripe-emulator*"]
    )


@pytest.mark.parametrize("token", ["", "wrong"])
def test_a_token_that_is_missing_or_wrong_is_told_at_the_start(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, token: str
) -> None:
    with Server(Settings(port=0, control_token="s3cret")) as server:
        monkeypatch.setenv("STRIPE_EMULATOR_URL", server.url)
        monkeypatch.setenv("STRIPE_EMULATOR_CONTROL_TOKEN", token)
        pytester.makepyfile("def test_x(stripe_emulator): pass")
        result = pytester.runpytest(*QUIET)
    result.assert_outcomes(errors=1)
    told = "STRIPE_EMULATOR_URL: The control API asks for its token, *in STRIPE_EMULATOR_CONTROL_TOKEN."
    result.stdout.fnmatch_lines([told])
    assert "During handling" not in result.stdout.str()


@pytest.mark.parametrize("url", ["127.0.0.1:12111", "http://127.0.0.1:12111/v1"])
def test_an_address_that_is_no_url_is_told(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("STRIPE_EMULATOR_URL", url)
    pytester.makepyfile("def test_x(stripe_emulator): pass")
    result = pytester.runpytest(*QUIET)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"STRIPE_EMULATOR_URL: '{url}' is no URL of an emulator. It is like http://*"])


def test_it_works_side_by_side_and_in_async_tests_and_under_freezegun(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        CREATE
        + """
import datetime
import freezegun, pytest

@pytest.mark.parametrize("n", range(6))
def test_many(stripe_emulator, n):
    session()
    assert len(stripe_emulator.account_sessions) == 1

@pytest.mark.asyncio
async def test_async(stripe_emulator):
    account = await stripe_emulator.client.v1.accounts.create_async({"type": "custom"})
    assert account.id.startswith("acct_1")

@freezegun.freeze_time("2030-01-01")
def test_decorated(stripe_emulator):
    assert session().expires_at == 1893456000 + 120

@freezegun.freeze_time("2030-01-01", as_kwarg="frozen")
def test_ticking(stripe_emulator, frozen=None):
    secret = session().client_secret
    frozen.tick(120)
    assert stripe_emulator.account_session(secret).state == "expired"

@freezegun.freeze_time("2030-01-01", real_asyncio=True)
@pytest.mark.asyncio
async def test_async_and_frozen(stripe_emulator):
    assert stripe_emulator.now() == 1893456000

@freezegun.freeze_time("2030-01-01", auto_tick_seconds=60)
def test_auto_tick(stripe_emulator):
    assert stripe_emulator.now() >= 1893456000

@freezegun.freeze_time("2030-01-01")
class TestClass:
    def test_method(self, stripe_emulator):
        assert stripe_emulator.now() == 1893456000
"""
    )
    result = pytester.runpytest_subprocess(*QUIET, "-n", "2", "-o", "asyncio_mode=strict")
    result.assert_outcomes(passed=12)


@pytest.mark.parametrize("names", [("HTTP_PROXY", "NO_PROXY"), ("http_proxy", "no_proxy"), ("ALL_PROXY", "NO_PROXY")])
def test_behind_a_proxy_the_emulator_is_reached_directly(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, names: tuple[str, str]
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    proxy, bypass = names
    monkeypatch.setenv(proxy, "http://127.0.0.1:1")
    monkeypatch.setenv(bypass, "intranet.test")
    pytester.makepyfile(
        CREATE
        + f"""
import os

def test_before(): assert os.environ["{bypass}"] == "intranet.test"

def test_session(stripe_emulator):
    assert session().client_secret
    assert os.environ["{bypass}"] == "intranet.test,127.0.0.1"

def test_after(): assert os.environ["{bypass}"] == "intranet.test"
"""
    )
    pytester.runpytest_subprocess(*QUIET).assert_outcomes(passed=3)


def test_it_works_without_stripe_python(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(
        """
import importlib.util, sys
found = importlib.util.find_spec
importlib.util.find_spec = lambda name, *more: None if name == "stripe" else found(name, *more)
"""
    )
    pytester.makepyfile(
        """
import sys

def test_plain(stripe_emulator):
    assert stripe_emulator.create_account(type="express")["type"] == "express"
    assert "stripe" not in sys.modules
"""
    )
    pytester.runpytest_subprocess(*QUIET).assert_outcomes(passed=1)


def test_the_plugin_is_light_until_it_is_used() -> None:
    script = "import sys, emulator_fixtures.plugin; print(sorted({m.partition('.')[0] for m in sys.modules}))"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert not {"'emulator'", "'uvicorn'", "'starlette'", "'stripe'", "'orjson'", "'click'"} & set(
        loaded.strip("[]\n").split(", ")
    )
