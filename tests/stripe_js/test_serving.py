"""The script of Stripe.js and its frames: paths, versions and headers."""

from __future__ import annotations

import pytest

from emulator.settings import Settings
from emulator.stripe_js.serving import CARD, CONTROLLER

from ..api import Api
from ..connect_js.test_calls import config, served


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("path", "version"),
    [
        ("/v3", 3),
        ("/v3/", 3),
        ("/v3/?advancedFraudSignals=false", 3),
        ("/v3/stripe.js", 3),
        ("/acacia/stripe.js", "acacia"),
        ("/endive/stripe.js", "endive"),
        ("/fuchsia/stripe.js", "fuchsia"),
    ],
)
async def test_every_release_has_its_path_and_version(api: Api, path: str, version: object) -> None:
    response = await served(api, path, host="stripe-emulator:8000")
    assert (response.status_code, response.headers["content-type"]) == (200, "text/javascript; charset=utf-8")
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["access-control-allow-origin"] == "*"
    assert (config(response.text)["version"], config(response.text)["origin"]) == (
        version,
        "http://stripe-emulator:8000",
    )


@pytest.mark.asyncio
@pytest.mark.parametrize("path", [CONTROLLER, CARD])
async def test_frames_are_pages(api: Api, path: str) -> None:
    response = await served(api, path)
    assert (response.status_code, response.headers["content-type"]) == (200, "text/html; charset=utf-8")


@pytest.mark.asyncio
@pytest.mark.parametrize("path", ["/v3/other", "/v30", "/v1/stripe.js", "/a/b/stripe.js", "/stripe.js", "/v4/"])
async def test_other_paths_are_unknown_urls_of_the_api(api: Api, path: str) -> None:
    response = await served(api, path)
    assert (response.status_code, response.json()["error"]["type"]) == (404, "invalid_request_error")


@pytest.mark.asyncio
async def test_the_script_takes_get_and_head_only(api: Api) -> None:
    assert (await served(api, "/v3/", "POST")).status_code == 405
    assert (await served(api, "/v3/", "HEAD")).text == ""
    assert (await served(api, "/v3/", "OPTIONS")).status_code == 204


@pytest.mark.asyncio
async def test_the_script_has_the_setting_for_live_keys() -> None:
    assert config((await served(Api(), "/v3/")).text)["live"] is False
    assert config((await served(Api(Settings(allow_live_keys=True)), "/v3/")).text)["live"] is True
