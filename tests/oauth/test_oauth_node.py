"""OAuth of Connect with stripe-node, whose base for it is that of the API."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest

from .. import pages
from ..clients import install, transcript

if TYPE_CHECKING:
    from fixtures.handle import StripeEmulator


@pytest.mark.parametrize("package", ["stripe-22", "stripe-23"])
def test_stripe_node_connects_an_account(stripe_emulator: StripeEmulator, package: str) -> None:
    sdk = transcript.installed(install.NODE) / "node_modules" / package
    client_id = stripe_emulator.client_id
    given = {"url": stripe_emulator.url, "key": stripe_emulator.api_key, "client_id": client_id}
    done = subprocess.run(
        ["node", str(install.HERE / "oauth.js"), str(sdk)],
        input=json.dumps(given),
        env=pages.environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    expired = report["errors"].pop()
    assert report == {
        "page": f"/oauth/authorize?client_id={client_id}&state=s&response_type=code&scope=read_write",
        "back": ["scope", "code", "state"],
        "token": [
            "access_token",
            "livemode",
            "refresh_token",
            "token_type",
            "stripe_publishable_key",
            "stripe_user_id",
            "scope",
        ],
        "scope": "read_write",
        "same": True,
        "errors": [
            [
                "StripeInvalidGrantError",
                "invalid_grant",
                400,
                "Authorization code does not exist: ac_unknown",
            ],
            ["StripeUnsupportedGrantTypeError", "unsupported_grant_type", 400, ""],
            ["StripeInvalidClientError", "invalid_client", 401, "No such application: 'ca_other'"],
        ],
    }
    assert expired[:1] == ["StripeAuthenticationError"]
    assert expired[3].startswith("Expired API Key provided: sk_test_")
