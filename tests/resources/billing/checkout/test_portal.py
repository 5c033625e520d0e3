"""Configurations of the billing portal and its sessions: defaults, updates, flows, refusals."""

from __future__ import annotations

from typing import Any

import pytest

from ....api import Api
from .shop import confirm, events, found, session

NEEDED = {"features": {"invoice_history": {"enabled": "true"}}}
DISABLED = "This subscription cannot be updated because the subscription"
REASONS = ["too_expensive", "missing_features", "switched_service", "unused", "other"]


def subscribed(api: Api) -> tuple[str, str]:
    """A customer with a subscription, by their ids."""
    opened = session(api, "subscription")["id"]
    confirm(api, opened)
    done = found(api, opened)
    return done["customer"], done["subscription"]


def test_a_configuration_has_the_features_that_it_does_not_name() -> None:
    api = Api()
    configuration = api.posted("billing_portal/configurations", **NEEDED)
    assert configuration.pop("id").startswith("bpc_1")
    assert configuration.pop("created") == configuration.pop("updated")
    assert configuration == {
        "object": "billing_portal.configuration",
        "active": True,
        "application": None,
        "business_profile": {"headline": None, "privacy_policy_url": None, "terms_of_service_url": None},
        "default_return_url": None,
        "features": {
            "customer_update": {"allowed_updates": [], "enabled": False},
            "invoice_history": {"enabled": True},
            "payment_method_update": {"enabled": False, "payment_method_configuration": None},
            "subscription_cancel": {
                "cancellation_reason": {"enabled": False, "options": REASONS},
                "enabled": False,
                "mode": "at_period_end",
                "proration_behavior": "none",
            },
            "subscription_update": {
                "billing_cycle_anchor": None,
                "default_allowed_updates": [],
                "enabled": False,
                "products": None,
                "proration_behavior": "none",
                "schedule_at_period_end": {"conditions": []},
                "trial_update_behavior": "end_trial",
            },
        },
        "is_default": False,
        "livemode": False,
        "login_page": {"enabled": False, "url": None},
        "metadata": {},
        "name": None,
    }
    assert events(api) == ["billing_portal.configuration.created"]


def test_an_update_merges_features_and_deactivates_what_is_not_the_default() -> None:
    api = Api()
    identifier = api.posted("billing_portal/configurations", **NEEDED)["id"]
    changes = {"features": {"subscription_cancel": {"enabled": "true"}}, "active": "false", "name": "Old"}
    changed = api.posted(f"billing_portal/configurations/{identifier}", **changes)
    features = changed["features"]
    assert (changed["active"], changed["name"], features["invoice_history"]) == (False, "Old", {"enabled": True})
    assert features["subscription_cancel"]["mode"] == "at_period_end"
    assert events(api)[-1] == "billing_portal.configuration.updated"
    customer = api.posted("customers")["id"]
    refused = api.post("/v1/billing_portal/sessions", {"customer": customer, "configuration": identifier})
    assert (refused.status, refused.error["param"]) == (400, "configuration")
    default = api.posted("billing_portal/sessions", customer=customer)["configuration"]
    kept = api.post(f"/v1/billing_portal/configurations/{default}", {"active": "false"})
    assert (kept.status, kept.error["message"]) == (400, "You cannot deactivate the default configuration.")


def test_a_session_has_the_fields_of_stripe() -> None:
    api = Api()
    customer = api.posted("customers")["id"]
    opened = api.posted("billing_portal/sessions", customer=customer, return_url="https://shop.example/account")
    assert opened.pop("url").startswith("http://127.0.0.1:12111/p/session/test_")
    assert (opened.pop("id")[:5], opened.pop("configuration")[:5]) == ("bps_1", "bpc_1")
    assert opened.pop("created")
    assert opened == {
        "object": "billing_portal.session",
        "customer": customer,
        "customer_account": None,
        "flow": None,
        "livemode": False,
        "locale": None,
        "on_behalf_of": None,
        "return_url": "https://shop.example/account",
    }
    assert events(api)[-1] == "billing_portal.session.created"


def test_a_session_is_for_one_flow() -> None:
    api = Api()
    customer, subscription = subscribed(api)
    after = {"type": "redirect", "redirect": {"return_url": "https://shop.example/bye"}}
    flow = {
        "type": "subscription_cancel",
        "subscription_cancel": {"subscription": subscription},
        "after_completion": after,
    }
    opened = api.posted("billing_portal/sessions", customer=customer, flow_data=flow)
    assert opened["flow"] == {
        "after_completion": {
            "hosted_confirmation": None,
            "redirect": {"return_url": "https://shop.example/bye"},
            "type": "redirect",
        },
        "subscription_cancel": {"retention": None, "subscription": subscription},
        "subscription_update": None,
        "subscription_update_confirm": None,
        "type": "subscription_cancel",
    }


@pytest.mark.parametrize(
    ("params", "message", "param"),
    [
        ({}, "Missing required param: customer.", "customer"),
        ({"customer": "cus_none"}, "No such customer: 'cus_none'", "customer"),
        ({"customer": "@", "configuration": "bpc_none"}, "No such configuration: 'bpc_none'", "configuration"),
        ({"customer": "@", "return_url": "account"}, "Not a valid URL", "return_url"),
        (
            {
                "customer": "@",
                "flow_data": {"type": "subscription_update", "subscription_update": {"subscription": "@"}},
            },
            f"{DISABLED} update feature in the portal configuration is disabled.",
            None,
        ),
        (
            {
                "customer": "@",
                "flow_data": {"type": "subscription_cancel", "subscription_cancel": {"subscription": "sub_none"}},
            },
            "No such subscription: 'sub_none'",
            "flow_data[subscription_cancel][subscription]",
        ),
    ],
)
def test_a_session_that_cannot_be_is_refused(params: dict[str, Any], message: str, param: str | None) -> None:
    api = Api()
    customer, subscription = subscribed(api)
    text = {"customer": customer, "subscription": subscription}

    def filled(node: Any, name: str = "") -> Any:
        if isinstance(node, dict):
            return {key: filled(value, key) for key, value in node.items()}
        return text[name] if node == "@" else node

    refused = api.post("/v1/billing_portal/sessions", filled(params))
    assert (refused.status, refused.error["message"], refused.error.get("param")) == (400, message, param)
