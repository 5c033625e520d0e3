"""The pages where customers authenticate payments: content, buttons and redirects."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from ..api import Api

pytestmark = pytest.mark.anyio
CARD = {"payment_method_types": ["card"], "payment_method": "pm_card_authenticationRequired", "confirm": "true"}
RETURN = "https://shop.example/done?order=7&payment_intent=old#top"


def waiting(api: Api, **params: object) -> Any:
    sent = {"amount": 1234, "currency": "usd", **CARD, "return_url": RETURN, **params}
    body = api.post("/v1/payment_intents", sent).body
    assert body["status"] == "requires_action"
    return body


def url_of(body: Any) -> str:
    return str(body["next_action"]["redirect_to_url"]["url"])


async def visit(api: Api, method: str, url: str, **form: str) -> httpx.Response:
    transport = httpx.ASGITransport(app=api.emulator)
    async with httpx.AsyncClient(transport=transport) as client:
        return await client.request(method, url, data=form or None)


async def test_a_customer_completes_the_payment_and_returns(api: Api) -> None:
    body = waiting(api)
    page = await visit(api, "GET", url_of(body))
    assert (page.status_code, "A payment of $12.34 USD." in page.text) == (200, True)
    assert 'value="complete"' in page.text
    assert 'value="fail"' in page.text
    assert "frame-ancestors http: https:" in page.headers["content-security-policy"]
    done = await visit(api, "POST", url_of(body), action="complete")
    secret = body["client_secret"]
    assert done.status_code == 303
    assert done.headers["location"] == (
        f"https://shop.example/done?order=7&payment_intent={body['id']}&payment_intent_client_secret={secret}"
        "&redirect_status=succeeded#top"
    )
    assert api.get(f"/v1/payment_intents/{body['id']}").body["status"] == "succeeded"
    again = await visit(api, "POST", url_of(body), action="fail")
    assert again.status_code == 410
    assert api.get(f"/v1/payment_intents/{body['id']}").body["status"] == "succeeded"


async def test_a_customer_fails_and_returns(api: Api) -> None:
    body = waiting(api)
    done = await visit(api, "POST", url_of(body), action="fail")
    assert done.headers["location"].endswith("&redirect_status=failed#top")
    assert api.get(f"/v1/payment_intents/{body['id']}").body["status"] == "requires_payment_method"


async def test_a_declined_payment_returns_as_failed(api: Api) -> None:
    body = waiting(api, payment_method="pm_card_authenticationRequiredChargeDeclinedInsufficientFunds")
    done = await visit(api, "POST", url_of(body), action="complete")
    assert done.headers["location"].endswith("&redirect_status=failed#top")


async def test_a_set_up_has_a_page_too(api: Api) -> None:
    body = api.post("/v1/setup_intents", {**CARD, "return_url": "https://shop.example/"}).body
    page = await visit(api, "GET", url_of(body))
    assert "The payment method is set up for later payments." in page.text
    done = await visit(api, "POST", url_of(body), action="complete")
    assert done.headers["location"] == (
        f"https://shop.example/?setup_intent={body['id']}&setup_intent_client_secret={body['client_secret']}"
        "&redirect_status=succeeded"
    )


async def test_a_page_needs_the_secret_and_the_newest_attempt(api: Api) -> None:
    body = waiting(api)
    url = url_of(body)
    for wrong in (url.replace(body["client_secret"], "x"), url.replace("pk_test_", "pk_test_x"), url.split("?")[0]):
        assert (await visit(api, "GET", wrong)).status_code == 404
    assert (await visit(api, "DELETE", url)).status_code == 405
    assert (await visit(api, "POST", url, action="other")).status_code == 400
    sent = {"payment_method": CARD["payment_method"], "return_url": RETURN}
    again = api.post(f"/v1/payment_intents/{body['id']}/confirm", sent).body
    assert (await visit(api, "GET", url)).status_code == 410
    assert (await visit(api, "GET", url_of(again))).status_code == 200


async def test_without_a_return_url_the_page_says_that_all_is_done(api: Api) -> None:
    body = api.post("/v1/payment_intents", {"amount": 1000, "currency": "usd", **CARD}).body
    sdk = body["next_action"]["use_stripe_sdk"]
    query = httpx.QueryParams(
        merchant=sdk["merchant"],
        payment_intent=body["id"],
        payment_intent_client_secret=body["client_secret"],
        publishable_key="pk_test_0123456789abcdefghijklmn",
        source=sdk["three_d_secure_2_source"],
    )
    done = await visit(api, "POST", f"http://127.0.0.1:12111/3d_secure_2/hosted?{query}", action="complete")
    assert (done.status_code, "You can close this page." in done.text) == (200, True)
    assert api.get(f"/v1/payment_intents/{body['id']}").body["status"] == "succeeded"
