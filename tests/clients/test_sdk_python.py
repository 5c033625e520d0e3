"""The official client for Python: in this process in all its styles, and two major versions as processes."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio
import stripe

from emulator.client import ClaimRefused

from ..clients import install, transcript
from .refusals import REFUSALS, Refusal

if TYPE_CHECKING:
    from fixtures.handle import StripeEmulator

NOW = 1_800_000_000
NOTICE = "We recommend building your integration using Accounts v2"
REQUEST_ID = re.compile(r"req_[A-Za-z0-9]{14}\Z")
SCRIPT = (sys.executable, "-W", "error", "-W", f"ignore:{NOTICE}", "journey.py")

# stripe-python repeats Stripe's notice on POST /v1/accounts as a warning, and httpx dislikes how it passes a body.
pytestmark = [
    pytest.mark.filterwarnings(f"ignore:{NOTICE}"),
    pytest.mark.filterwarnings("ignore:Use 'content=<...>':DeprecationWarning"),
]


def refused_claim(emulator: StripeEmulator, secret: str) -> str:
    with pytest.raises(ClaimRefused) as refused:
        emulator.claim(secret)
    return refused.value.code


# --- two major versions, as processes -----------------------------------------------------------------------------


def test_the_newest_major_version_sees_stripe(stripe_emulator: StripeEmulator) -> None:
    assert transcript.journey(stripe_emulator, SCRIPT, {}) == transcript.report("16.1.0", "2026-10-28.endive")


def test_the_major_version_before_it_sees_stripe(stripe_emulator: StripeEmulator) -> None:
    path = {"PYTHONPATH": str(transcript.installed(install.PYTHON))}
    assert transcript.journey(stripe_emulator, SCRIPT, path) == transcript.report("15.6.2", "2026-08-26.dahlia")


# --- the module ---------------------------------------------------------------------------------------------------


def test_the_module_goes_from_an_account_to_a_claimed_session(stripe_emulator: StripeEmulator) -> None:
    stripe_emulator.freeze(NOW)
    account = stripe.Account.create(
        controller={
            "fees": {"payer": "application"},
            "losses": {"payments": "application"},
            "requirement_collection": "application",
            "stripe_dashboard": {"type": "none"},
        },
        country="DE",
    )
    session = stripe.AccountSession.create(
        account=account.id,
        components={
            "account_onboarding": {"enabled": True, "features": {"external_account_collection": True}},
            "payments": {"enabled": True, "features": {"refund_management": True, "capture_payments": False}},
        },
    )
    assert (account.country, account.default_currency, account.created) == ("DE", "eur", NOW)
    assert session.components.payments.enabled is True
    assert session.components.payments.features.refund_management is True
    assert session.components.payments.features.capture_payments is False
    assert session.components.account_onboarding.features.disable_stripe_user_authentication is False
    assert session.components.payouts.enabled is False
    assert (session.account, session.expires_at, session.livemode) == (account.id, NOW + 120, False)
    assert len(session.client_secret) == 60

    claim = stripe_emulator.claim(session.client_secret)
    assert (claim.account, claim.created, claim.expires_at) == (account.id, NOW, NOW + 3600)
    assert claim.components == {
        "account_onboarding": {"disable_stripe_user_authentication": False, "external_account_collection": True},
        "payments": {
            "capture_payments": False,
            "destination_on_behalf_of_charge_management": False,
            "dispute_management": True,
            "refund_management": True,
            "smart_disputes_management": True,
        },
    }
    assert refused_claim(stripe_emulator, session.client_secret) == "client_secret_used"


def test_every_session_has_a_secret_of_its_own(stripe_emulator: StripeEmulator) -> None:
    account = stripe.Account.create(type="custom").id
    secrets = [
        stripe.AccountSession.create(account=account, components={"payments": {"enabled": True}}).client_secret
        for _ in range(5)
    ]
    assert len(set(secrets)) == 5


def test_one_of_many_claims_at_once_is_granted(stripe_emulator: StripeEmulator) -> None:
    account = stripe.Account.create(type="custom").id
    session = stripe.AccountSession.create(account=account, components={"payments": {"enabled": True}})

    def outcome(_: int) -> str:
        try:
            return stripe_emulator.claim(session.client_secret).account
        except ClaimRefused as refused:
            return refused.code

    with ThreadPoolExecutor(8) as pool:
        outcomes = sorted(pool.map(outcome, range(16)))
    assert outcomes == [account, *["client_secret_used"] * 15]


def test_a_secret_that_nobody_claimed_in_time_is_worthless(stripe_emulator: StripeEmulator) -> None:
    stripe_emulator.freeze(NOW)
    account = stripe.Account.create(type="custom").id
    session = stripe.AccountSession.create(account=account, components={"payments": {"enabled": True}})
    stripe_emulator.advance(120)
    assert refused_claim(stripe_emulator, session.client_secret) == "client_secret_expired"


def test_the_token_of_a_claimed_session_is_a_key_until_the_session_ends(stripe_emulator: StripeEmulator) -> None:
    account = stripe.Account.create(type="custom").id
    session = stripe.AccountSession.create(account=account, components={"payments": {"enabled": True}})
    token = stripe_emulator.claim(session.client_secret).session_token
    assert stripe.Account.retrieve(api_key=token).id == account
    stripe_emulator.advance(3600)
    with pytest.raises(stripe.AuthenticationError, match=r"Invalid API Key provided: em_test_\*+"):
        stripe.Account.retrieve(api_key=token)


def test_the_module_changes_and_clears_metadata(stripe_emulator: StripeEmulator) -> None:
    account = stripe.Account.create(type="custom", metadata={"plan": "free", "seats": "7"}).id
    changed = stripe.Account.modify(account, metadata={"plan": "", "note": "ü & <b>"})
    assert changed.metadata is not None
    assert changed.metadata.to_dict() == {"note": "ü & <b>", "seats": "7"}
    cleared = stripe.Account.modify(account, metadata="")
    assert cleared.metadata is not None
    assert cleared.metadata.to_dict() == {}


def test_a_deleted_account_is_gone(stripe_emulator: StripeEmulator) -> None:
    account = stripe.Account.create(type="custom")
    session = stripe.AccountSession.create(account=account.id, components={"payments": {"enabled": True}})
    kept = stripe.Account.create(type="custom").id
    assert stripe.Account.delete(account.id).to_dict() == {"id": account.id, "object": "account", "deleted": True}
    with pytest.raises(stripe.PermissionError):
        stripe.Account.retrieve(account.id)
    with pytest.raises(stripe.InvalidRequestError, match=f"No such account: '{account.id}'"):
        stripe.AccountSession.create(account=account.id, components={"payments": {"enabled": True}})
    assert [found.id for found in stripe.Account.list()] == [kept]
    assert refused_claim(stripe_emulator, session.client_secret) == "account_deleted"


def test_the_module_pages_through_25_accounts_both_ways(stripe_emulator: StripeEmulator) -> None:
    ids = [stripe.Account.create(type="standard").id for _ in range(25)]
    assert [found.id for found in stripe.Account.list(limit=10).auto_paging_iter()] == ids[::-1]
    upwards = stripe.Account.list(limit=10, ending_before=ids[0]).auto_paging_iter()
    assert [found.id for found in upwards] == ids[1:]


def test_an_account_made_in_one_sandbox_is_nothing_in_another(stripe_emulator: StripeEmulator) -> None:
    account = stripe.Account.create(type="custom").id
    with pytest.raises(stripe.PermissionError):
        stripe.Account.retrieve(account, api_key="sk_test_somebodyElse")


def test_a_connected_account_sees_itself(stripe_emulator: StripeEmulator) -> None:
    account = stripe.Account.create(type="custom").id
    shown = stripe.Account.retrieve(stripe_account=account)
    assert shown.id == account
    assert shown.last_response is not None
    assert shown.last_response.headers["stripe-account"] == account


@pytest.mark.filterwarnings("ignore:You are using an outdated API version")
@pytest.mark.parametrize("version", ["2023-10-16", "2024-09-30.acacia", "2026-08-26.dahlia", "2027-01-27.preview"])
def test_a_version_sent_with_a_call_is_echoed(stripe_emulator: StripeEmulator, version: str) -> None:
    page = stripe.Account.list(stripe_version=version)
    assert page.last_response is not None
    assert page.last_response.headers["stripe-version"] == version


def test_a_preview_component_is_unknown_without_a_preview_version(stripe_emulator: StripeEmulator) -> None:
    account = stripe.Account.create(type="custom").id
    params: Any = {"account": account, "components": {"capital_financing": {"enabled": True}}}
    beta = stripe.AccountSession.create(**params, stripe_version="2025-02-24.acacia; embedded_connect_beta=v2;")
    assert beta.components["capital_financing"].enabled is True
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.AccountSession.create(**params)
    assert refused.value.user_message == "Received unknown parameter: components[capital_financing]"


@pytest.mark.filterwarnings("default")
def test_the_notice_on_new_accounts_is_a_warning(
    stripe_emulator: StripeEmulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("STRIPE_SUPPRESS_NOTICES", raising=False)
    with pytest.warns(UserWarning, match=NOTICE):
        stripe.Account.create(type="custom")


def test_a_parameter_that_is_not_emulated_fails_at_the_first_attempt(stripe_emulator: StripeEmulator) -> None:
    with pytest.raises(stripe.APIError) as refused:
        stripe_emulator.client.raw_request("post", "/v1/tokens", pii={"id_number": "000000000"})
    assert refused.value.http_status == 501
    assert refused.value.user_message == (
        "The emulator does not emulate the parameter pii. Stripe has it; FIDELITY.md lists what is emulated."
    )
    assert [entry.path for entry in stripe_emulator.requests] == ["/v1/tokens"]


# --- refusals -----------------------------------------------------------------------------------------------------


def seen(error: stripe.StripeError) -> dict[str, Any]:
    """An error in the terms of the table. The classes of 401 and 403 have no code and no param of their own."""
    return {
        "error": type(error).__name__,
        "status": error.http_status,
        "message": error.user_message,
        "code": error.code or getattr(error.error, "code", None),
        "param": getattr(error, "param", None),
        "request_id": bool(REQUEST_ID.match(error.request_id or "")),
    }


def given(refusal: Refusal, accounts: dict[str, str]) -> dict[str, Any]:
    """The parameters of a call, with the accounts that exist and the options of the request."""
    names = {"key": "api_key", "account": "stripe_account", "version": "stripe_version"}
    params = refusal.params | {names[name]: value for name, value in refusal.options.items()}
    return params | {"account": accounts.get(params["account"], params["account"])} if "account" in params else params


CALLS: dict[str, Callable[..., object]] = {
    "create_session": stripe.AccountSession.create,
    "create_account": stripe.Account.create,
    "list_accounts": stripe.Account.list,
    "retrieve_account": stripe.Account.retrieve,
}
CALLS_ASYNC: dict[str, Callable[..., Awaitable[object]]] = {
    "create_session": stripe.AccountSession.create_async,
    "create_account": stripe.Account.create_async,
    "list_accounts": stripe.Account.list_async,
    "retrieve_account": stripe.Account.retrieve_async,
}


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: refusal.name)
def test_the_module_raises_the_errors_of_stripe(stripe_emulator: StripeEmulator, refusal: Refusal) -> None:
    calls = CALLS | {"get": lambda path: stripe_emulator.client.raw_request("get", path)}
    kinds = [value[1:] for value in refusal.params.values() if isinstance(value, str) and value.startswith("$")]
    accounts = {f"${kind}": stripe_emulator.create_account(type=kind)["id"] for kind in kinds}
    with pytest.raises(stripe.StripeError) as refused:
        calls[refusal.call](**given(refusal, accounts))
    assert seen(refused.value) == refusal.answer


# --- asyncio ------------------------------------------------------------------------------------------------------


@pytest_asyncio.fixture
async def httpx_client() -> AsyncIterator[stripe.HTTPXClient]:
    client = stripe.HTTPXClient()
    yield client
    await client.close_async()  # type: ignore[no-untyped-call]


@pytest.fixture
def asynchronous(
    stripe_emulator: StripeEmulator, httpx_client: stripe.HTTPXClient, monkeypatch: pytest.MonkeyPatch
) -> StripeEmulator:
    """A sandbox with the module on httpx."""
    monkeypatch.setattr(stripe, "default_http_client", httpx_client)
    return stripe_emulator


@pytest.mark.asyncio
async def test_the_module_works_in_asyncio(asynchronous: StripeEmulator) -> None:
    account = await stripe.Account.create_async(type="custom", metadata={"plan": "free"})
    session = await stripe.AccountSession.create_async(
        account=account.id, components={"payouts": {"enabled": True, "features": {"edit_payout_schedule": True}}}
    )
    assert session.components.payouts.features.edit_payout_schedule is True
    assert asynchronous.claim(session.client_secret).account == account.id
    assert refused_claim(asynchronous, session.client_secret) == "client_secret_used"
    assert (await stripe.Account.delete_async(account.id)).deleted is True


@pytest.mark.asyncio
async def test_the_module_pages_in_asyncio(asynchronous: StripeEmulator) -> None:
    made = [(await stripe.Account.create_async(type="standard")).id for _ in range(25)]
    first = await stripe.Account.list_async(limit=10)
    assert [found.id async for found in first.auto_paging_iter()] == made[::-1]


@pytest.mark.asyncio
async def test_the_module_raises_the_same_in_asyncio(asynchronous: StripeEmulator) -> None:
    accounts = {f"${kind}": asynchronous.create_account(type=kind)["id"] for kind in ("custom", "express", "standard")}
    refusals = [refusal for refusal in REFUSALS if refusal.call in CALLS_ASYNC]
    calls = [CALLS_ASYNC[refusal.call](**given(refusal, accounts)) for refusal in refusals]
    errors = await asyncio.gather(*calls, return_exceptions=True)
    answers = [seen(error) for error in errors if isinstance(error, stripe.StripeError)]
    assert answers == [refusal.answer for refusal in refusals]


@pytest.mark.asyncio
async def test_a_client_works_in_asyncio(stripe_emulator: StripeEmulator, httpx_client: stripe.HTTPXClient) -> None:
    client = stripe.StripeClient(
        stripe_emulator.api_key, base_addresses={"api": stripe_emulator.url}, http_client=httpx_client
    )
    ids = [account.id for account in await asyncio.gather(*(_created(client) for _ in range(25)))]
    first = await client.v1.accounts.list_async({"limit": 10})
    assert sorted([found.id async for found in first.auto_paging_iter()]) == sorted(ids)
    session = await client.v1.account_sessions.create_async(
        {"account": ids[0], "components": {"balances": {"enabled": True}}}
    )
    assert stripe_emulator.account_session(session.client_secret).components == {
        "balances": {
            "disable_stripe_user_authentication": False,
            "edit_payout_schedule": False,
            "external_account_collection": True,
            "instant_payouts": False,
            "standard_payouts": False,
        }
    }


async def _created(client: stripe.StripeClient) -> stripe.Account:
    return await client.v1.accounts.create_async({"type": "custom"})


# --- the client ---------------------------------------------------------------------------------------------------


def test_a_client_goes_from_an_account_to_an_expired_session(
    stripe_emulator: StripeEmulator, stripe_client: stripe.StripeClient
) -> None:
    account = stripe_client.v1.accounts.create({"type": "express", "country": "FR"})
    session = stripe_client.v1.account_sessions.create(
        {"account": account.id, "components": {"notification_banner": {"enabled": True}}}
    )
    assert session.components.notification_banner.features.external_account_collection is True
    kept = stripe_emulator.account_session(session.client_secret)
    assert (kept.state, kept.account, kept.claim_attempts) == ("open", account.id, ())
    stripe_emulator.advance(121)
    assert refused_claim(stripe_emulator, session.client_secret) == "client_secret_expired"
    kept = stripe_emulator.account_session(session.client_secret)
    assert (kept.state, [attempt.outcome for attempt in kept.claim_attempts]) == ("expired", ["expired"])


def test_the_idempotency_key_of_the_client_comes_back(stripe_client: stripe.StripeClient) -> None:
    made = stripe_client.v1.accounts.create({"type": "custom"}, {"idempotency_key": "order-1"})
    assert made.last_response is not None
    headers = made.last_response.headers
    assert (headers["idempotency-key"], headers["original-request"]) == ("order-1", headers["request-id"])


def test_a_client_acts_as_a_connected_account(stripe_client: stripe.StripeClient) -> None:
    account = stripe_client.v1.accounts.create({"type": "custom"})
    assert stripe_client.v1.accounts.retrieve_current(None, {"stripe_account": account.id}).id == account.id
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe_client.v1.account_sessions.create(
            {"account": account.id, "components": {"payments": {"enabled": True}}}, {"stripe_account": account.id}
        )
    assert refused.value.user_message == ("You must have a client application set in order to make this request.")
