"""URLs that run scripts or open local content are refused wherever a request has a URL, and no page leads to one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from emulator.catalog import Operation
from emulator.catalog.payment_pages import PARAMS
from emulator.hosted.pages import leads_on
from emulator.model.answering import endpoints
from emulator.schema import spec
from emulator.wire.path import format_path
from emulator.wire.urls import is_unsafe

from ..api import Api

UNSAFE = (
    "javascript:alert(1)",
    "JavaScript://shop.example/%0aalert(1)",
    " javascript:alert(1)",
    "\x01\x1fjavascript:alert(1)",
    "java\tscript:alert(1)",
    "java\r\nscript://shop.example/",
    "javascript\n:alert(1)",
    "javascript:alert(1)//@shop.example",
    "data:text/html,<script>alert(1)</script>",
    "DATA://shop.example,x",
    "file:///etc/passwd",
    "\u00a0File://shop.example/share",
    "vbscript:msgbox(1)",
    "VBScript://shop.example",
)
SAFE = ("https://shop.example/done", "http://localhost:3000", "myapp://return", "javascripts://return", "/data:x", "")
REFUSED = "Not a valid URL"
TEMPLATE = re.compile(r"\{[^}]+\}")


def urls(kind: spec.Type, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The paths of the texts of a request that are named as URLs are; the first item stands for a list."""
    match kind:
        case spec.String() if path and path[-1].endswith(("url", "uri")):
            yield path
        case spec.Object(params):
            for name, param in params.items():
                yield from urls(param.type, (*path, name))
        case spec.Array(item):
            yield from urls(item, (*path, "0"))
        case spec.AnyOf(options):
            for option in options:
                yield from urls(option, path)


CASES: list[tuple[Operation, tuple[str, ...]]] = [
    (each, path) for each in endpoints.emulated() if not each.v2 for path in urls(each.params)
]


def tree(path: tuple[str, ...], url: str) -> dict[str, Any]:
    name, *rest = path
    return {name: tree(tuple(rest), url) if rest else url}


@pytest.mark.parametrize("unsafe", UNSAFE)
def test_unsafe_urls_are_refused_at_every_parameter(unsafe: str) -> None:
    api, wrong = Api(), []
    posts = [(each, path) for each, path in CASES if each.method == "POST"]
    account = api.account(type="custom", country="US")
    for operation, path in posts:
        target = TEMPLATE.sub("none_0000", operation.path.replace("{account}", account))
        answer = api.post(target, tree(path, unsafe))
        expected = (400, REFUSED, "url_invalid", format_path(path))
        if (answer.status, *(answer.error.get(name) for name in ("message", "code", "param"))) != expected:
            wrong.append((operation.id, path, answer.body))
    assert wrong == []
    assert len(posts) > 50


def test_custom_schemes_are_taken_where_an_app_may_return_to() -> None:
    intent = {"amount": "1000", "currency": "usd", "confirm": "true", "payment_method": "pm_card_visa"}
    answer = Api().post("/v1/payment_intents", {**intent, "return_url": "myapp://return"})
    assert (answer.status, answer.body["status"]) == (200, "succeeded")


@pytest.mark.parametrize("unsafe", UNSAFE)
def test_v2_refuses_them_with_its_own_words(unsafe: str) -> None:
    api = Api()
    account = api.v2("POST", "/core/accounts", {"contact_email": "a@shop.example"}).body["id"]
    link = {"type": "account_onboarding", "account_onboarding": {"configurations": [], "refresh_url": unsafe}}
    destination = {
        "name": "Shop",
        "type": "webhook_endpoint",
        "event_payload": "thin",
        "enabled_events": ["v1.billing.meter.no_meter_found"],
        "webhook_endpoint": {"url": unsafe},
    }
    answers = [
        api.v2("POST", "/core/account_links", {"account": account, "use_case": link}),
        api.v2("POST", "/core/event_destinations", destination),
        api.v2("POST", f"/core/accounts/{account}", {"defaults": {"profile": {"business_url": unsafe}}}),
    ]
    assert [each.status for each in answers] == [400, 400, 400], [each.body for each in answers]
    assert ["url" in each.error["message"].lower() for each in answers] == [True] * 3, [each.body for each in answers]


def test_pages_lead_to_web_pages_and_apps_only() -> None:
    assert [url for url in UNSAFE if leads_on(url) or not is_unsafe(url)] == []
    assert [url for url in SAFE if is_unsafe(url)] == []
    assert [leads_on(url) for url in SAFE] == [True, True, True, True, False, False]


def test_the_calls_of_stripe_js_know_their_urls() -> None:
    found = {name: list(urls(params)) for name, params in PARAMS.items() if any(urls(params))}
    assert found == {"PostPaymentPagesSessionConfirm": [("return_url",)]}
    return_url = PARAMS["PostPaymentPagesSessionConfirm"].params["return_url"].type
    assert return_url == spec.String(5000, "url")
