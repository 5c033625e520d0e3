"""A platform's way through the API, with the official client for Python. Run by test_sdk_python.py:
python journey.py < order.json > report.json
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import stripe

REQUEST_ID = re.compile(r"req_[A-Za-z0-9]{14}\Z")
order: dict[str, Any] = json.load(sys.stdin)


def client_of(key: str, account: str | None = None, version: str | None = None) -> Any:
    return stripe.StripeClient(
        key, stripe_account=account, stripe_version=version, base_addresses={"api": order["url"]}
    )


def control(path: str, body: object) -> tuple[int, Any]:
    headers = {"authorization": f"Bearer {order['key']}", "content-type": "application/json"}
    try:
        with urlopen(Request(order["url"] + path, json.dumps(body).encode(), headers)) as answer:
            return answer.status, json.load(answer)
    except HTTPError as error:
        with error:
            return error.code, json.load(error)


def claim(secret: str) -> tuple[int, Any]:
    body = {"client_secret": secret, "publishable_key": order["publishable_key"]}
    return control("/_emulator/connect/claim", body)


def refused(call: Callable[[], Any]) -> dict[str, Any]:
    try:
        return {"answer": str(call())}
    except stripe.StripeError as error:
        return {
            "error": type(error).__name__,
            "status": error.http_status,
            "message": error.user_message,
            "code": getattr(error.error, "code", None),
            "param": getattr(error.error, "param", None),
            "request_id": bool(REQUEST_ID.match(error.request_id or "")),
        }


CALLS: dict[str, Callable[[Any, dict[str, Any]], Any]] = {
    "create_session": lambda client, params: client.v1.account_sessions.create(params),
    "create_account": lambda client, params: client.v1.accounts.create(params),
    "list_accounts": lambda client, params: client.v1.accounts.list(params),
    "retrieve_account": lambda client, params: client.v1.accounts.retrieve(params["id"]),
    "get": lambda client, params: client.raw_request("get", params["path"]),
}


def account(client: Any) -> tuple[str, dict[str, Any]]:
    made = client.v1.accounts.create(order["account"])
    report = {
        "type": made.type,
        "country": made.country,
        "created": made.created,
        "metadata": made.metadata.to_dict(),
        "collection": made.controller.requirement_collection,
    }
    return made.id, report


def session(client: Any, account_id: str) -> tuple[str, dict[str, Any]]:
    made = client.v1.account_sessions.create({"account": account_id, "components": order["components"]})
    components = made.to_dict()["components"]
    report = {
        "object": made.object,
        "account": made.account == account_id,
        "livemode": made.livemode,
        "expires_at": made.expires_at,
        "secret": [made.client_secret[:13], len(made.client_secret)],
        "names": list(components),
        "enabled": {name: component for name, component in components.items() if component["enabled"]},
        "version": made.last_response.headers["stripe-version"],
        "request_id": bool(REQUEST_ID.match(made.last_response.request_id)),
    }
    return made.client_secret, report


def code(answer: tuple[int, Any]) -> tuple[int, str]:
    status, body = answer
    return status, body["error"]["code"] if "error" in body else "claimed"


def claims(client: Any, account_id: str, secret: str) -> dict[str, Any]:
    _, granted = claim(secret)
    owner, token = granted.pop("account") == account_id, granted.pop("session_token")[:8]
    late, too_late = session(client, account_id)[0], session(client, account_id)[0]
    report = {"granted": granted, "owner": owner, "token": token, "again": code(claim(secret))}
    control("/_emulator/clock", {"advance": 119})
    report["last_second"] = code(claim(late))
    control("/_emulator/clock", {"advance": 1})
    return report | {"expired": code(claim(too_late)), "unknown": code(claim("accs_secret__unknown"))}


def metadata(client: Any, account_id: str) -> list[Any]:
    changes: tuple[Any, ...] = ({"plan": "", "seats": "8", "note": "a & b = ü"}, "")
    return [client.v1.accounts.update(account_id, {"metadata": change}).metadata.to_dict() for change in changes]


def pages(client: Any) -> dict[str, Any]:
    ids = [client.v1.accounts.create({"type": "standard"}).id for _ in range(25)][::-1]
    first = client.v1.accounts.list({"limit": 10})
    forwards = [found.id for found, _ in zip(first.auto_paging_iter(), range(25), strict=False)]
    backwards = client.v1.accounts.list({"limit": 10, "ending_before": ids[24]}).auto_paging_iter()
    return {
        "page": {
            "object": first.object,
            "url": first.url,
            "has_more": first.has_more,
            "places": [ids.index(found.id) for found in first.data],
        },
        "forwards": [ids.index(found) for found in forwards],
        "backwards": [ids.index(found.id) for found in backwards],
    }


def deletion(client: Any) -> dict[str, Any]:
    account_id = client.v1.accounts.create({"type": "custom"}).id
    secret, _ = session(client, account_id)
    stub = client.v1.accounts.delete(account_id).to_dict()
    gone = refused(lambda: client.v1.accounts.retrieve(account_id))
    params = {"account": account_id, "components": order["components"]}
    unusable = refused(lambda: client.v1.account_sessions.create(params))
    same = unusable["message"] == f"No such account: '{account_id}'"
    return {
        "stub": stub | {"id": stub["id"] == account_id},
        "gone": [gone["error"], gone["code"], gone["status"]],
        "unusable": [unusable["error"], unusable["code"], unusable["status"], same],
        "unclaimable": claim(secret)[1]["error"]["code"],
    }


def refusals(client: Any) -> dict[str, Any]:
    ids = {f"${kind}": client.v1.accounts.create({"type": kind}).id for kind in ("custom", "express", "standard")}
    report = {}
    for refusal in order["refusals"]:
        params, options = refusal["params"], refusal["options"]
        if "account" in params:
            params["account"] = ids.get(params["account"], params["account"])
        other = client_of(options.get("key", order["key"]), options.get("account"), options.get("version"))
        report[refusal["name"]] = refused(partial(CALLS[refusal["call"]], other, params))
    return report


def main() -> None:
    control("/_emulator/clock", {"freeze": order["now"]})
    client = client_of(order["key"])
    account_id, made = account(client)
    secret, shown = session(client, account_id)
    report = {
        "sdk": stripe.VERSION,
        "account": made,
        "session": shown,
        "claims": claims(client, account_id, secret),
        "metadata": metadata(client, account_id),
        "pages": pages(client),
        "deletion": deletion(client),
        "refusals": refusals(client),
    }
    json.dump(report, sys.stdout)


if __name__ == "__main__":
    main()
