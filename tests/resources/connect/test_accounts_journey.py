"""Connected accounts from nothing to payouts, by the official client for Python over a real socket."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest
import stripe

from emulator.auth import keys
from emulator.resources.connect import accounts

if TYPE_CHECKING:
    from fixtures.handle import StripeEmulator
    from fixtures.servers import Host

BANK: Any = {
    "object": "bank_account",
    "country": "US",
    "currency": "usd",
    "routing_number": "110000000",
    "account_number": "000123456789",
}
ADDRESS: Any = {"line1": "address_full_match", "city": "New York", "state": "NY", "postal_code": "10001"}
PERSON: Any = {
    "first_name": "Jenny",
    "last_name": "Rosen",
    "email": "jenny.rosen@example.com",
    "phone": "0000000000",
    "dob": {"day": 1, "month": 1, "year": 1901},
    "address": ADDRESS,
    "id_number": "000000000",
}
BOTH: Any = {"card_payments": {"requested": True}, "transfers": {"requested": True}}

# stripe-python repeats Stripe's notice on POST /v1/accounts as a warning, and httpx dislikes how it passes a body.
pytestmark = [
    pytest.mark.filterwarnings("ignore:We recommend building your integration using Accounts v2"),
    pytest.mark.filterwarnings("ignore:Use 'content=<...>':DeprecationWarning"),
]


class Emulation:
    """A client of a sandbox of its own, whose clock stands still."""

    def __init__(self, client: stripe.StripeClient, emulator: StripeEmulator, host: Host) -> None:
        key = keys.parse(emulator.api_key)
        assert key
        assert host.server
        self.v1 = client.v1
        self.sandbox = host.server.emulator.sandboxes.of(key)
        self.sandbox.clock.freeze()

    def wait(self) -> None:
        self.sandbox.clock.advance(30)

    def again(self, account: stripe.Account) -> stripe.Account:
        return self.v1.accounts.retrieve(account.id)


@pytest.fixture
def emulation(
    stripe_client: stripe.StripeClient, stripe_emulator: StripeEmulator, stripe_emulator_server: Host
) -> Emulation:
    return Emulation(stripe_client, stripe_emulator, stripe_emulator_server)


def due(account: stripe.Account) -> stripe.Account.Requirements:
    assert account.requirements
    return account.requirements


def flags(account: stripe.Account) -> tuple[bool | None, ...]:
    return account.charges_enabled, account.payouts_enabled, account.details_submitted


def test_a_custom_individual_goes_from_nothing_to_payouts(emulation: Emulation) -> None:
    accounts_ = emulation.v1.accounts
    account = accounts_.create({"type": "custom", "country": "US", "capabilities": BOTH})
    assert flags(account) == (False, False, False)
    account = accounts_.update(
        account.id,
        {
            "business_type": "individual",
            "business_profile": {"mcc": "7299", "url": "https://furever.dev"},
            "tos_acceptance": {"date": 1_785_715_143, "ip": "8.8.8.8"},
            "individual": PERSON,
        },
    )
    assert due(account).currently_due == ["external_account"]
    bank = accounts_.external_accounts.create(account.id, {"external_account": "btok_us"})
    assert bank.object == "bank_account"
    account = emulation.again(account)
    assert due(account).disabled_reason == "requirements.pending_verification"
    emulation.wait()
    account = emulation.again(account)
    assert flags(account) == (True, True, True)
    assert (due(account).currently_due, due(account).pending_verification, due(account).disabled_reason) == (
        [],
        [],
        None,
    )
    capability = accounts_.capabilities.retrieve(account.id, "card_payments")
    assert (capability.status, capability.requested) == ("active", True)


def test_a_custom_company_with_a_representative_goes_to_payouts(emulation: Emulation) -> None:
    accounts_ = emulation.v1.accounts
    account = accounts_.create(
        {
            "type": "custom",
            "country": "US",
            "business_type": "company",
            "capabilities": BOTH,
            "business_profile": {"mcc": "7299", "url": "https://furever.dev"},
            "company": {
                "name": "Furever",
                "tax_id": "000000000",
                "phone": "0000000000",
                "address": ADDRESS,
                "directors_provided": True,
                "executives_provided": True,
            },
            "tos_acceptance": {"date": 1_785_715_143, "ip": "8.8.8.8"},
            "external_account": BANK,
        }
    )
    assert any(name.startswith("representative.") for name in due(account).currently_due or [])
    roles = {"representative": True, "owner": True, "percent_ownership": 100, "title": "CEO"}
    person = accounts_.persons.create(account.id, cast("Any", {**PERSON, "relationship": roles}))
    assert due(emulation.again(account)).currently_due == []
    assert [each.id for each in accounts_.persons.list(account.id, {"relationship": {"owner": True}}).data] == [
        person.id
    ]
    emulation.wait()
    assert flags(emulation.again(account)) == (True, True, True)
    assert accounts_.persons.retrieve(account.id, person.id).verification.status == "verified"  # type: ignore[union-attr]
    with pytest.raises(stripe.InvalidRequestError, match="cannot delete the representative"):
        accounts_.persons.delete(account.id, person.id)


def test_a_document_that_fails_stops_payouts_until_a_good_one_comes(emulation: Emulation) -> None:
    accounts_ = emulation.v1.accounts
    sent: Any = {
        "type": "custom",
        "country": "US",
        "business_type": "individual",
        "capabilities": BOTH,
        "business_profile": {"mcc": "7299", "url": "https://furever.dev"},
        "individual": {**PERSON, "id_number": "111111111"},
        "tos_acceptance": {"date": 1_785_715_143, "ip": "8.8.8.8"},
        "external_account": BANK,
    }
    account = accounts_.create(sent)
    for token, expected in (("failure", (True, False, True)), ("success", (True, True, True))):
        emulation.wait()
        assert due(emulation.again(account)).currently_due == ["individual.verification.document"]
        file = f"file_identity_document_{token}"
        accounts_.update(account.id, {"individual": {"verification": {"document": {"front": file}}}})
        emulation.wait()
        assert flags(emulation.again(account)) == expected


def test_a_rejected_account_can_do_nothing(emulation: Emulation) -> None:
    account = emulation.v1.accounts.create({"type": "custom", "capabilities": BOTH})
    rejected = emulation.v1.accounts.reject(account.id, {"reason": "fraud"})
    assert flags(rejected) == (False, False, False)
    assert due(rejected).disabled_reason == "rejected.fraud"


def test_an_express_account_is_onboarded_and_gets_a_login_link(emulation: Emulation) -> None:
    account = emulation.v1.accounts.create({"type": "express", "capabilities": BOTH})
    emulation.v1.account_sessions.create(
        {"account": account.id, "components": {"account_onboarding": {"enabled": True}}}
    )
    with pytest.raises(stripe.PermissionError, match="required permissions for the parameter 'individual'"):
        emulation.v1.accounts.update(account.id, {"individual": {"first_name": "Jenny"}})
    with pytest.raises(stripe.InvalidRequestError, match="has not completed onboarding"):
        emulation.v1.accounts.login_links.create(account.id)
    row = accounts.find(emulation.sandbox, account.id)
    assert row
    accounts.onboard(emulation.sandbox, row)
    assert flags(emulation.again(account)) == (True, True, True)
    assert f"/express/{account.id}/" in emulation.v1.accounts.login_links.create(account.id).url
