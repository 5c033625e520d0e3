"""The report of the journey that every client prints: the same order and content in all languages."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from .install import CACHE, COMMAND, HERE, is_installed
from .refusals import REFUSALS

if TYPE_CHECKING:
    from fixtures.handle import StripeEmulator

NOW = 1_800_000_000
ACCOUNT = {
    "type": "custom",
    "country": "US",
    "email": "owner@example.com",
    "capabilities": {"card_payments": {"requested": True}, "transfers": {"requested": True}},
    "metadata": {"plan": "free", "seats": "7"},
}
COMPONENTS = {
    "account_onboarding": {
        "enabled": True,
        "features": {"disable_stripe_user_authentication": True, "external_account_collection": False},
    },
    "documents": {"enabled": False},
    "payments": {"enabled": True, "features": {"refund_management": True, "dispute_management": False}},
    "payouts": {
        "enabled": True,
        "features": {"disable_stripe_user_authentication": True, "external_account_collection": False},
    },
}
ONBOARDING = {"disable_stripe_user_authentication": True, "external_account_collection": False}
PAYMENTS = {
    "capture_payments": True,
    "destination_on_behalf_of_charge_management": False,
    "dispute_management": False,
    "refund_management": True,
    "smart_disputes_management": False,
}
PAYOUTS = {
    "disable_stripe_user_authentication": True,
    "edit_payout_schedule": False,
    "external_account_collection": False,
    "instant_payouts": False,
    "standard_payouts": False,
}
NAMES = """
    account_management account_onboarding balance_report balances disputes_list documents financial_account
    financial_account_transactions instant_payouts_promotion issuing_card issuing_cards_list notification_banner
    payment_details payment_disputes payment_method_settings payments payout_details payout_reconciliation_report
    payouts payouts_list reporting_chart tax_registrations tax_settings terminal_hardware_orders terminal_hardware_shop
""".split()


def report(sdk: str, version: str) -> dict[str, Any]:
    """The whole report of a client, by its own version and by the API version that it pins."""
    return {
        "sdk": sdk,
        "account": {
            "type": "custom",
            "country": "US",
            "created": NOW,
            "metadata": {"plan": "free", "seats": "7"},
            "collection": "application",
        },
        "session": {
            "object": "account_session",
            "account": True,
            "livemode": False,
            "expires_at": NOW + 120,
            "secret": ["accs_secret__", 60],
            "names": NAMES,
            "enabled": {
                "account_onboarding": {"enabled": True, "features": ONBOARDING},
                "payments": {"enabled": True, "features": PAYMENTS},
                "payouts": {"enabled": True, "features": PAYOUTS},
            },
            "version": version,
            "request_id": True,
        },
        "claims": {
            "granted": {
                "components": {"account_onboarding": ONBOARDING, "payments": PAYMENTS, "payouts": PAYOUTS},
                "created": NOW,
                "expires_at": NOW + 3600,
                "livemode": False,
            },
            "owner": True,
            "token": "em_test_",
            "again": [400, "client_secret_used"],
            "last_second": [200, "claimed"],
            "expired": [400, "client_secret_expired"],
            "unknown": [400, "client_secret_unknown"],
        },
        "metadata": [{"note": "a & b = ü", "seats": "8"}, {}],
        "pages": {
            "page": {"object": "list", "url": "/v1/accounts", "has_more": True, "places": list(range(10))},
            "forwards": list(range(25)),
            "backwards": list(reversed(range(24))),
        },
        "deletion": {
            "stub": {"id": True, "object": "account", "deleted": True},
            "gone": ["PermissionError", "account_invalid", 403],
            "unusable": ["InvalidRequestError", "resource_missing", 400, True],
            "unclaimable": "account_deleted",
        },
        "refusals": {refusal.name: refusal.answer for refusal in REFUSALS},
    }


def journey(emulator: StripeEmulator, command: Sequence[str | Path], environment: Mapping[str, str]) -> Any:
    """Sends a client on its way and returns its report."""
    order = {
        "url": emulator.url,
        "key": emulator.api_key,
        "publishable_key": emulator.publishable_key,
        "now": NOW,
        "account": ACCOUNT,
        "components": COMPONENTS,
        "refusals": [asdict(refusal) for refusal in REFUSALS],
    }
    return sent_on(command, environment, order)


def sent_on(command: Sequence[str | Path], environment: Mapping[str, str], order: Mapping[str, object]) -> Any:
    """Runs a client with an order and returns its report."""
    done = subprocess.run(
        command,
        input=json.dumps(order),
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        cwd=HERE,
        env={"PATH": os.environ["PATH"], **environment},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def installed(language: str) -> Path:
    """The folder of a language's clients. A test without them is skipped, but fails where CI is set."""
    if not is_installed(language):
        absent = pytest.fail if os.environ.get("CI") else pytest.skip
        absent(f"the clients for {language} are not installed; run: {COMMAND}")
    return CACHE / language
