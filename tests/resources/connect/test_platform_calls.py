"""The calls of a platform that shows every component; its requests depend on who controls the account."""

from __future__ import annotations

from typing import Any

import pytest

from ...api import Api
from ...samples import BANK_ACCOUNT

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


# --- its accounts -------------------------------------------------------------------------------------------------

PAGES = {"return_url": "http://localhost:3000/back", "refresh_url": "http://localhost:3000/back"}
HOME = {"line1": "address_full_match", "city": "South San Francisco", "state": "CA", "postal_code": "94080"}
PREFILLED: dict[str, Any] = {
    "country": "US",
    "email": "jenny@example.com",
    "controller": CONTROLLERS["custom"],
    "business_type": "individual",
    "business_profile": {
        "mcc": "7299",
        "name": "Furever",
        "product_description": "Description",
        "support_address": HOME,
        "support_email": "support@example.com",
        "support_phone": "0000000000",
        "support_url": "https://furever.dev",
        "url": "https://furever.dev",
    },
    "individual": {
        "first_name": "Jenny",
        "last_name": "Rosen",
        "id_number": "222222222",
        "email": "jenny@example.com",
        "address": HOME,
        "dob": {"day": "1", "month": "1", "year": "1902"},
        "phone": "0000000000",
        "ssn_last_4": "2222",
    },
    "company": {"tax_id": "222222222", "name": "Jenny Rosen"},
    "settings": {
        "card_payments": {
            "statement_descriptor_prefix": "FurEver",
            "statement_descriptor_prefix_kana": "",
            "statement_descriptor_prefix_kanji": "",
        },
        "payments": {"statement_descriptor": "FurEver"},
    },
    "tos_acceptance": {
        "date": "1700000000",
        "ip": "127.0.0.1",
        "service_agreement": "full",
        "user_agent": "Mozilla/5.0",
    },
    "capabilities": {"card_payments": {"requested": "true"}, "transfers": {"requested": "true"}},
}


def test_a_quickstart_account_is_enabled_in_the_response(api: Api) -> None:
    token = api.post("/v1/tokens", {"bank_account": BANK_ACCOUNT}, stripe_version=PLAIN).body["id"]
    account = api.post("/v1/accounts", {**PREFILLED, "external_account": token}, stripe_version=PLAIN).body
    assert (account["charges_enabled"], account["payouts_enabled"]) == (True, True)
    assert account["requirements"]["disabled_reason"] is None
    listed = api.get("/v1/accounts?limit=20", stripe_version=PLAIN).body["data"]
    assert [each["id"] for each in listed if each["charges_enabled"] and each["payouts_enabled"]] == [account["id"]]


@pytest.mark.parametrize(
    ("control", "login"),
    [
        ("express", "Cannot create a login link for an account that has not completed onboarding."),
        ("full", "Cannot create an edit link for the account {}, which is not an Express account."),
        ("none", "Cannot create an edit link for the account {}, which is not an Express account."),
        ("custom", "Cannot create an edit link for the account {}, which is not an Express account."),
    ],
)
def test_an_account_of_each_control_is_led_to_its_onboarding(api: Api, control: str, login: str) -> None:
    wanted = {} if control == "full" else {"capabilities": PREFILLED["capabilities"]}
    named = {"country": "US", "business_profile": {"name": "Furever Pet Salon"}, "email": "jenny@example.com"}
    made = api.post("/v1/accounts", {**named, **wanted, "controller": CONTROLLERS[control]}, stripe_version=PLAIN)
    account = made.body["id"]
    link = api.post("/v1/account_links", {"account": account, "type": "account_onboarding", **PAGES})
    assert (made.status, link.status) == (200, 200)
    refused = api.post(f"/v1/accounts/{account}/login_links", stripe_version=PLAIN)
    assert (refused.status, refused.error["message"]) == (400, login.format(account))


def test_a_bank_account_is_made_a_token_by_the_account_itself(api: Api) -> None:
    account = api.account(country="US", controller=CONTROLLERS["custom"])
    token = api.post("/v1/tokens", {"bank_account": BANK_ACCOUNT}, stripe_account=account, stripe_version=PLAIN).body[
        "id"
    ]
    bank = api.post(f"/v1/accounts/{account}/external_accounts", {"external_account": token}, stripe_version=PLAIN)
    assert (bank.status, bank.body["last4"]) == (200, "6789")


def test_its_set_up_accepts_terms_restricts_and_rejects(api: Api) -> None:
    names = ("card_payments", "transfers", "card_issuing", "treasury")
    account = api.account(
        **{**PREFILLED, "capabilities": {name: {"requested": "true"} for name in names}},
        external_account=api.post("/v1/tokens", {"bank_account": BANK_ACCOUNT}).body["id"],
    )
    path = f"/v1/accounts/{account}"
    for product in ("card_issuing", "treasury"):
        assert f"settings.{product}.tos_acceptance.date" in api.get(path).body["requirements"]["past_due"]
        api.post(path, {"settings": {product: {"tos_acceptance": {"date": "1700000000", "ip": "127.0.0.1"}}}})
    shown = api.get(path).body
    assert (shown["requirements"]["past_due"], set(shown["capabilities"].values())) == ([], {"active"})
    manual = api.post(path, {"settings": {"payouts": {"schedule": {"interval": "manual"}}}})
    assert manual.body["settings"]["payouts"]["schedule"]["interval"] == "manual"
    restricted = api.post(
        path,
        {
            "business_profile": {
                "url": "https://inaccessible.stripe.com",
                "support_address": {**HOME, "line1": "address_no_match"},
            },
            "company": {"tax_id": "111111111"},
            "individual": {"address": {"line1": "address_no_match"}},
        },
    )
    assert restricted.status == 200
    assert restricted.body["requirements"]["disabled_reason"] is not None
    assert api.post(path, {"metadata": {"support_ticket": "True"}}).body["metadata"] == {"support_ticket": "True"}
    assert api.post(path, {"metadata": {"support_ticket": ""}}).body["metadata"] == {}
    rejected = api.post(f"{path}/reject", {"reason": "fraud"}).body
    assert (rejected["payouts_enabled"], rejected["requirements"]["disabled_reason"]) == (False, "rejected.fraud")
