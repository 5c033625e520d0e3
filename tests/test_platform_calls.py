"""The calls of a platform that shows every component: what it asks for depends on who controls the account."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api import Api

PLAIN, BETA = "2026-03-25.preview", "2026-03-25.preview; embedded_connect_beta=v2"
CONTROLLERS: dict[str, dict[str, Any]] = {
    "express": {
        "losses": {"payments": "application"},
        "fees": {"payer": "application"},
        "stripe_dashboard": {"type": "express"},
    },
    "full": {
        "losses": {"payments": "stripe"},
        "fees": {"payer": "account"},
        "stripe_dashboard": {"type": "full"},
    },
    "none": {
        "losses": {"payments": "stripe"},
        "fees": {"payer": "account"},
        "stripe_dashboard": {"type": "none"},
        "requirement_collection": "stripe",
    },
    "custom": {
        "losses": {"payments": "application"},
        "fees": {"payer": "application"},
        "stripe_dashboard": {"type": "none"},
        "requirement_collection": "application",
    },
}
PAID_OUT = {"instant_payouts": True, "standard_payouts": True, "edit_payout_schedule": True}
PREVIEWS = """
capital_financing capital_financing_application capital_financing_promotion export_tax_transactions
payment_method_settings tax_threshold_monitoring
""".split()


ASKED_ONLY = {"export_tax_transactions", "tax_threshold_monitoring"}  # Stripe takes them, and shows them nowhere


def components(*, custom: bool, previews: bool, issuing: bool) -> dict[str, Any]:
    login = {"disable_stripe_user_authentication": custom}
    cards = {"card_management": True, "cardholder_management": True, "card_spend_dispute_management": True}
    wanted: dict[str, dict[str, bool]] = {
        "payments": {},
        "balances": {**PAID_OUT, **login},
        "payouts": {**PAID_OUT, **login},
        "account_management": login,
        "account_onboarding": login,
        "documents": {},
        "notification_banner": login,
        "tax_settings": {},
        "tax_registrations": {},
        **({name: {} for name in PREVIEWS} if previews else {}),
    }
    if previews and issuing:
        wanted |= {
            "issuing_card": {**cards, "spend_control_management": True},
            "issuing_cards_list": {**cards, "spend_control_management": True, **login},
            "financial_account": {"send_money": True, "transfer_balance": True, **login},
            "financial_account_transactions": {"card_spend_dispute_management": True},
        }
    return {name: {"enabled": True, **({"features": on} if on else {})} for name, on in wanted.items()}


@pytest.mark.parametrize("previews", [False, True])
@pytest.mark.parametrize("control", CONTROLLERS)
def test_a_page_of_every_component_gets_its_session(api: Api, control: str, previews: bool) -> None:
    capabilities = {name: {"requested": "true"} for name in ("card_payments", "transfers", "card_issuing", "treasury")}
    account = api.account(
        controller=CONTROLLERS[control],
        country="US",
        **({"capabilities": capabilities} if control != "full" else {}),
    )
    held = api.get(f"/v1/accounts/{account}").body["capabilities"]
    wanted = components(
        custom=control == "custom", previews=previews, issuing={"card_issuing", "treasury"} <= set(held)
    )
    answer = api.session(account, wanted, stripe_version=BETA if previews else PLAIN)
    assert answer.status == 200, answer.body
    enabled = {name for name, shown in answer.body["components"].items() if shown["enabled"]}
    assert len(wanted) == (9 if not previews else 15 if control == "full" else 19)
    assert enabled == set(wanted) - ASKED_ONLY
    for name, asked in wanted.items():
        if name in answer.body["components"]:
            shown = answer.body["components"][name]["features"]
            assert {feature: shown[feature] for feature in asked.get("features", {})} == asked.get("features", {})
