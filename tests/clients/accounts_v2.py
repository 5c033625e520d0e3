"""A platform's way through Accounts v2, with the official client for Python. Run by test_sdk_v2.py:
python accounts_v2.py < order.json > report.json
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

import stripe

ORDER = json.load(sys.stdin)


def refused(call: Callable[[], object]) -> list[Any]:
    try:
        call()
    except stripe.StripeError as error:
        return [error.http_status, error.code, str(error.user_message)]
    return []


def states(account: Any) -> list[str]:
    balance = account.configuration.recipient.capabilities.stripe_balance
    return [balance.payouts.status, balance.stripe_transfers.status]


def main() -> dict[str, Any]:
    client: Any = stripe.StripeClient(ORDER["key"], base_addresses={"api": ORDER["url"]})
    core = client.v2.core
    account = core.accounts.create(ORDER["account"])
    person = core.accounts.persons.create(account.id, ORDER["person"])
    persons = [each.surname for each in core.accounts.persons.list(account.id).auto_paging_iter()]
    gone = core.accounts.persons.delete(account.id, person.id)
    link = core.account_links.create({"account": account.id, "use_case": ORDER["use_case"]})
    changed = core.accounts.update(account.id, {"display_name": "Rosen", "metadata": {"a": "b"}})
    for _ in range(12):
        core.accounts.create({})
    listed = [each.id for each in core.accounts.list({"limit": 5}).auto_paging_iter()]
    kept = core.accounts.list({"applied_configurations": ["recipient", "merchant"]})
    report = {
        "object": account.object,
        "created": account.created,
        "applied": account.applied_configurations,
        "due": [entry.description for entry in account.requirements.entries][:3],
        "states": states(account),
        "not_included": account.identity,
        "person": [person.object, person.given_name, str(person.relationship.percent_ownership), person.created],
        "persons": persons,
        "link": [
            link.object,
            link.expires_at,
            link.url.split("/")[3:5],
            list(link.use_case.account_onboarding.configurations),
        ],
        "changed": [changed.display_name, changed.metadata.to_dict()],
        "listed": [len(listed), listed[-1] == account.id],
        "kept": [each.id == account.id for each in kept.data],
        "gone": gone.object,
        "mismatch": refused(lambda: core.accounts.close(account.id, {"applied_configurations": ["merchant"]})),
        "unknown": refused(lambda: core.accounts.retrieve("acct_123")),
        "untyped": refused(lambda: core.accounts.create({"display_name": 5})),
        "closed": core.accounts.close(account.id, {"applied_configurations": account.applied_configurations}).closed,
    }
    return {**report, "open": len(core.accounts.list({"limit": 20}).data)}


json.dump(main(), sys.stdout)
