"""Versions: the known names, the default of a sandbox, and the notice for an outdated one."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.catalog import versions
from emulator.settings import Settings

from ..api import NEWEST, Api

OUTDATED = (
    "You are using an outdated API version (2020-08-27). We recommend upgrading to the latest API version, "
    "2026-10-28.endive. See https://docs.stripe.com/upgrades"
)
V2 = "We recommend building your integration using Accounts v2. See https://docs.stripe.com/api/v2/core/accounts"


def test_names_are_unique_and_in_order() -> None:
    names = [*versions.DATED, *versions.RELEASES]
    assert names == sorted(names)
    assert len(names) == len(versions.KNOWN)


@pytest.mark.parametrize("name", sorted(versions.KNOWN))
def test_every_known_name_is_a_version(name: str) -> None:
    assert (versions.parse(name).text, versions.parse(name).preview) == (name, False)


@pytest.mark.parametrize(
    ("text", "date", "preview", "betas"),
    [
        ("2026-09-30.preview", "2026-09-30", True, ()),
        ("2023-10-16; risk_in_requirements_beta=v1", "2023-10-16", False, ("risk_in_requirements_beta=v1",)),
        ("2023-10-16;a_beta=v1;b_beta=v2; c=v10", "2023-10-16", False, ("a_beta=v1", "b_beta=v2", "c=v10")),
        ("2025-08-27.preview; embedded_connect_beta=v2", "2025-08-27", True, ("embedded_connect_beta=v2",)),
        ("2025-02-24.acacia; embedded_connect_beta=v2;", "2025-02-24", False, ("embedded_connect_beta=v2",)),
        ("2023-10-16;a=v1; ", "2023-10-16", False, ("a=v1",)),
        ("2222-22-22", "2222-22-22", False, ()),
    ],
)
def test_a_name_may_have_betas_and_be_a_preview(text: str, date: str, preview: bool, betas: tuple[str, ...]) -> None:
    assert versions.parse(text) == versions.Version(text, date, preview, betas)


@pytest.mark.parametrize(
    "text",
    [
        "", "2019-2-19", "2025-09-30.acacia", "2023-10-16.preview", "2023-10-16; ", "2023-10-16;;a=v1", "2023-10-16; a", "2023-10-16;", "2023-10-16;a=v1;;",
        "2023-10-16; a=v", "2023-10-16; A=v1", "2019-05-16, 2019-12-03", "2023-10-16;" + "a" * 500 + "=v1",
    ],
)  # fmt: skip
def test_other_texts_are_no_versions(text: str) -> None:
    with pytest.raises(versions.UnknownVersion):
        versions.parse(text)


@given(st.text(max_size=60))
def test_a_version_is_echoed_or_unknown(text: str) -> None:
    with contextlib.suppress(versions.UnknownVersion):
        assert versions.parse(text).text == text


def test_several_betas_are_echoed_as_sent(api: Api) -> None:
    sent = "2026-09-30.preview;a_beta=v1; b_beta=v2"
    assert api.get("/v1/account", stripe_version=sent).headers["stripe-version"] == sent


# --- the notice ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("version", "notice"),
    [
        ("2020-08-27", OUTDATED),
        ("2020-08-27; a_beta=v1", OUTDATED),
        ("2024-06-20", OUTDATED.replace("2020-08-27", "2024-06-20")),
        ("2024-09-30.acacia", None),
        ("2025-09-30.preview", None),
        (NEWEST, None),
        (None, None),
    ],
)
def test_an_outdated_version_gets_a_notice(api: Api, version: str | None, notice: str | None) -> None:
    assert api.get("/v1/account", stripe_version=version).headers.get("stripe-notice") == notice


def test_an_error_for_an_outdated_version_has_the_notice_too(api: Api) -> None:
    assert api.post("/v1/account_sessions", stripe_version="2020-08-27").headers["stripe-notice"] == OUTDATED


def test_two_notices_share_the_header(api: Api) -> None:
    created = api.post("/v1/accounts", {"type": "custom"}, stripe_version="2020-08-27")
    assert created.headers["stripe-notice"] == f"{V2} {OUTDATED}"
    assert api.post("/v1/accounts", {"type": "custom"}).headers["stripe-notice"] == V2


# --- the default of a sandbox ----------------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_a_sandbox_has_a_default_version_of_its_own() -> None:
    api = Api(Settings(api_version="2025-04-30.basil"))
    response = await api.control("POST", "/version", {"api_version": "2020-08-27"})
    assert (response.status_code, response.json()) == (200, {"api_version": "2020-08-27"})
    headers = api.get("/v1/account").headers
    assert (headers["stripe-version"], headers["stripe-notice"]) == ("2020-08-27", OUTDATED)
    assert api.get("/v1/account", stripe_version=NEWEST).headers["stripe-version"] == NEWEST
    other = api.get("/v1/account", authorization="Bearer sk_test_other")
    assert other.headers["stripe-version"] == "2025-04-30.basil"


@pytest.mark.asyncio
@pytest.mark.parametrize("body", [{}, {"api_version": None}, {"api_version": ""}])
async def test_a_default_version_can_be_reset_to_the_setting(api: Api, body: object) -> None:
    await api.control("POST", "/version", {"api_version": "2020-08-27"})
    assert (await api.control("POST", "/version", body)).json() == {"api_version": NEWEST}
    assert api.get("/v1/account").headers["stripe-version"] == NEWEST


@pytest.mark.asyncio
@pytest.mark.parametrize("version", ["latest", "2025-09-30.acacia", 20200827])
async def test_an_impossible_default_version_is_refused(api: Api, version: object) -> None:
    response = await api.control("POST", "/version", {"api_version": version})
    assert (response.status_code, response.json()["error"]["code"]) == (400, "invalid_api_version")
    assert api.get("/v1/account").headers["stripe-version"] == NEWEST


@pytest.mark.asyncio
async def test_a_reset_restores_the_default_version(api: Api) -> None:
    await api.control("POST", "/version", {"api_version": "2020-08-27"})
    await api.control("POST", "/reset")
    assert api.get("/v1/account").headers["stripe-version"] == NEWEST
