"""The operations on accounts: their responses, their errors, and the stored accounts."""

from __future__ import annotations

from typing import Any

import pytest

from emulator import catalog
from emulator.auth import keys
from emulator.catalog import versions
from emulator.errors import StripeError
from emulator.model.answering import endpoints
from emulator.model.declaration.endpoint import Call
from emulator.resources.connect import accounts
from emulator.sandbox.sandbox import Sandbox
from emulator.schema.check import check
from emulator.settings import Settings
from emulator.wire import form

NOW = 1_785_715_143
GA = versions.NEWEST
PREVIEW = "2026-06-24.preview"


class Emulation:
    """A sandbox that is driven as the server drives it, without HTTP."""

    def __init__(self) -> None:
        key = keys.parse("sk_test_operations")
        assert key
        self.sandbox = Sandbox(key, Settings())

    def run(
        self, operation: str, body: str = "", *, account: str = "", acting: str | None = None, at: int = NOW,
        version: str = GA,
    ) -> Any:  # fmt: skip
        endpoint = endpoints.endpoint(catalog.operation(operation))
        assert endpoint is not None
        known = versions.parse(version)
        params = endpoint.params(known) if endpoint.params else catalog.operation(operation).params
        tree = form.parse(body.encode())
        path = {"account": account} if account else {}
        call = Call(self.sandbox, at, known, check(tree, params), path, acting, "sk_test_***ions")
        return endpoint.run(call)

    def create(self, body: str = "", at: int = NOW, version: str = GA) -> Any:
        return self.run("PostAccounts", body, at=at, version=version)

    def update(self, account: str, body: str) -> Any:
        return self.run("PostAccountsAccount", body, account=account, acting=account)


@pytest.fixture
def emulation() -> Emulation:
    return Emulation()


def test_every_creation_responds_with_a_notice_of_accounts_v2() -> None:
    of_accounts = [operation for operation in catalog.operations() if operation.object == "account"]
    notices = {operation.id: endpoints.endpoint(operation).notice for operation in of_accounts}  # type: ignore[union-attr]
    assert notices == {
        "GetAccount": None,
        "GetAccounts": None,
        "PostAccounts": (
            "We recommend building your integration using Accounts v2. See https://docs.stripe.com/api/v2/core/accounts"
        ),
        "GetAccountsAccount": None,
        "PostAccountsAccount": None,
        "DeleteAccountsAccount": None,
        "PostAccountsAccountReject": None,
    }


PLATFORM_LIABLE = "controller[fees][payer]=application&controller[losses][payments]=application"
CONTROLLERS = [
    ("", "standard", ("account", "stripe", "stripe", "full")),
    ("type=standard", "standard", ("account", "stripe", "stripe", "full")),
    ("type=express", "express", ("application_express", "application", "stripe", "express")),
    ("type=custom", "custom", ("application_custom", "application", "application", "none")),
    ("controller[stripe_dashboard][type]=full", "standard", ("account", "stripe", "stripe", "full")),
    ("controller[fees][payer]=application", "none", ("application", "stripe", "stripe", "full")),
    (
        f"controller[stripe_dashboard][type]=express&{PLATFORM_LIABLE}",
        "none",
        ("application", "application", "stripe", "express"),
    ),
    (
        f"controller[stripe_dashboard][type]=none&{PLATFORM_LIABLE}&controller[requirement_collection]=application",
        "none",
        ("application", "application", "application", "none"),
    ),
    ("controller[stripe_dashboard][type]=none", "none", ("account", "stripe", "stripe", "none")),
]


@pytest.mark.parametrize(("body", "kind", "controller"), CONTROLLERS, ids=[row[0] for row in CONTROLLERS])
def test_an_account_has_the_controller_that_was_requested(
    emulation: Emulation, body: str, kind: str, controller: tuple[str, ...]
) -> None:
    account = emulation.create(body)
    shown = account["controller"]
    assert account["type"] == kind
    assert controller == (
        shown["fees"]["payer"],
        shown["losses"]["payments"],
        shown["requirement_collection"],
        shown["stripe_dashboard"]["type"],
    )


def test_a_preview_version_knows_express_with_stripe_liable(emulation: Emulation) -> None:
    body = "controller[stripe_dashboard][type]=express"
    assert emulation.create(body, version=PREVIEW)["type"] == "none"
    with pytest.raises(StripeError):
        emulation.create(body)


EXPRESS_LIABLE = (
    "When `stripe_dashboard[type]=express`, your platform must collect fees and be liable for negative balances or "
    "refunds and chargebacks."
)
NONE_LIABLE = (
    "When `stripe_dashboard[type]=none` and `requirement_collection=stripe`, Stripe must be liable for negative "
    "balances or refunds and chargebacks."
)
TERMS = (
    "You cannot accept the Terms of Service on behalf of accounts where `controller[requirement_collection]=stripe`, "
    "which includes Standard and Express accounts."
)
COUNTRY = (
    "Country 'United States' is unknown. Try using a 2-character alphanumeric country code instead, such as 'US', "
    "'EG', or 'GB'. A full list of country codes is available at "
    "https://en.wikipedia.org/wiki/ISO_3166-1_alpha-2#Officially_assigned_code_elements"
)
RECIPIENT = (
    "The recipient ToS agreement is not supported for platforms in US creating accounts in US. See "
    "https://stripe.com/docs/connect/cross-border-payouts for more details."
)
LONG = "x" * 41
LONG_KEY = (
    "Metadata keys can have up to 40 characters, but you passed in a key that is 41 characters. Invalid key: " + LONG
)
APPLICATION_COLLECTS = (
    "When `requirement_collection=application`, `stripe_dashboard[type]` must be none and your platform must "
    "collect fees and be liable for negative balances or refunds and chargebacks."
)
TEST_NUMBER = (
    "You must use a test bank account number in test mode. Try 000123456789 or see more options at "
    "https://stripe.com/docs/connect/testing#account-numbers."
)
NO_DEBIT_CARD = (
    "The card provided as an external account is not supported for payouts. Provide a non-prepaid debit card instead."
)
# The parameters, and the status, message, code and param of the response.
REFUSED: list[tuple[str, tuple[int, str, str | None, str | None]]] = [
    (
        "type=custom&controller[stripe_dashboard][type]=none",
        (400, "You may only specify one of these parameters: type, controller.", None, "type"),
    ),
    ("controller[stripe_dashboard][type]=express", (400, EXPRESS_LIABLE, None, None)),
    (
        "controller[stripe_dashboard][type]=express&controller[losses][payments]=application",
        (400, EXPRESS_LIABLE, None, None),
    ),
    (
        "controller[stripe_dashboard][type]=none&controller[losses][payments]=application",
        (400, NONE_LIABLE, None, None),
    ),
    (
        "controller[losses][payments]=application",
        (
            400,
            "When `stripe_dashboard[type]=full`, Stripe must be liable for negative balances or refunds and chargebacks.",
            None,
            None,
        ),
    ),
    ("controller[requirement_collection]=application", (400, APPLICATION_COLLECTS, None, None)),
    ("type=express&tos_acceptance[date]=1&tos_acceptance[ip]=8.8.8.8", (400, TERMS, None, "tos_acceptance")),
    (
        "type=standard&capabilities[transfers][requested]=true",
        (400, "You cannot create Standard connected accounts with capabilities via API.", None, "capabilities"),
    ),
    ("country=United States", (400, COUNTRY, None, "country")),
    ("country=CU", (400, "CU is not currently supported by Stripe.", "country_unsupported", "country")),
    (
        "type=express&country=ZA&capabilities[transfers][requested]=true",
        (400, "ZA is not currently supported by Stripe.", "country_unsupported", "country"),
    ),
    (
        "type=custom&country=JM&tos_acceptance[service_agreement]=recipient&capabilities[card_payments][requested]=true",
        (
            400,
            "You cannot request the `card_payments` capability for accounts in JM",
            None,
            "capabilities[card_payments]",
        ),
    ),
    (
        "type=custom&tos_acceptance[service_agreement]=recipient",
        (400, RECIPIENT, None, "tos_acceptance[service_agreement]"),
    ),
    ("email=not-an-email", (400, "Invalid email address: not-an-email", "email_invalid", "email")),
    ("type=custom&individual[email]=a@b", (400, "Invalid email address: a@b", "email_invalid", "individual[email]")),
    ("business_profile[url]=http://localhost", (400, "Not a valid URL", "url_invalid", "business_profile[url]")),
    ("business_profile[url]=http://[::1", (400, "Not a valid URL", "url_invalid", "business_profile[url]")),
    ("default_currency=euro", (400, "Invalid currency: euro.", None, "default_currency")),
    (f"metadata[{LONG}]=1", (400, LONG_KEY, None, "metadata")),
    (
        "business_type=partnership",
        (
            400,
            "Invalid business_type: must be one of company, government_entity, individual, or non_profit",
            None,
            "business_type",
        ),
    ),
    (
        "settings[payouts][schedule][interval]=hourly",
        (
            400,
            "Invalid interval: must be one of daily, manual, monthly, or weekly",
            None,
            "settings[payouts][schedule][interval]",
        ),
    ),
    ("account_token=ct_1", (400, "No such token: 'ct_1'", "resource_missing", "account_token")),
    ("external_account=btok_zz", (400, "No such token: 'btok_zz'", "resource_missing", "external_account")),
    (
        "external_account[object]=bank_account&external_account[country]=US",
        (
            400,
            "Missing required param: external_account[account_number].",
            "parameter_missing",
            "external_account[account_number]",
        ),
    ),
    (
        "external_account[country]=US&external_account[routing_number]=110000000&external_account[account_number]=12345",
        (400, TEST_NUMBER, "account_number_invalid", "bank_account[account_number]"),
    ),
    ("external_account=tok_visa", (400, NO_DEBIT_CARD, "invalid_card_type", "external_account")),
    (
        "type=custom&individual[id_number]=12",
        (400, "US tax IDs must have 9 digits", "tax_id_invalid", "individual[id_number]"),
    ),
    (
        "type=custom&individual[verification][document][front]=file_1",
        (400, "No such file upload: 'file_1'", "resource_missing", "individual[verification][document][front]"),
    ),
    (
        "documents[company_license][files][0]=file_1",
        (400, "No such file upload: 'file_1'", "resource_missing", "documents[company_license][files][0]"),
    ),
]


@pytest.mark.parametrize(("body", "expected"), REFUSED, ids=[row[0][:70] for row in REFUSED])
def test_invalid_parameters_are_refused_with_stripes_message_and_nothing_is_stored(
    emulation: Emulation, body: str, expected: tuple[int, str, str | None, str | None]
) -> None:
    with pytest.raises(StripeError) as caught:
        emulation.create(body)
    error = caught.value.body
    assert (error.status, error.message, error.code, error.param) == expected
    assert len(emulation.sandbox.accounts) == 0


def test_a_long_value_of_metadata_is_refused(emulation: Emulation) -> None:
    with pytest.raises(StripeError) as caught:
        emulation.create(f"metadata[a]={'x' * 501}")
    assert caught.value.body.message == (
        "Metadata values can have up to 500 characters, but you passed in a value that is 501 characters. Invalid value: "
        + "x" * 501
    )


def test_transfers_alone_may_be_requested(emulation: Emulation) -> None:
    account = emulation.create("type=express&capabilities[transfers][requested]=true")
    assert account["capabilities"] == {"transfers": "inactive"}


def test_the_legacy_list_of_capabilities_and_the_nationality_are_taken(emulation: Emulation) -> None:
    account = emulation.create(
        "type=custom&business_type=individual&requested_capabilities[]=transfers&requested_capabilities[]=card_payments"
        "&individual[nationality]=US"
    )
    assert account["capabilities"] == {"card_payments": "inactive", "transfers": "inactive"}
    assert account["individual"]["nationality"] == "US"


def test_naming_the_agreement_is_no_acceptance(emulation: Emulation) -> None:
    account = emulation.create("type=express&country=KE&tos_acceptance[service_agreement]=recipient")
    assert list(account["tos_acceptance"].items()) == [
        ("date", None),
        ("ip", None),
        ("service_agreement", "recipient"),
        ("user_agent", None),
    ]


def test_a_country_gives_the_currency_unless_one_is_named(emulation: Emulation) -> None:
    assert emulation.create("country=GB")["default_currency"] == "gbp"
    assert emulation.create("country=GB&default_currency=EUR")["default_currency"] == "eur"


def test_an_update_merges_hashes_and_unsets_empty_values(emulation: Emulation) -> None:
    account = emulation.create(
        "type=custom&business_type=individual&individual[dob][day]=1&individual[dob][month]=2&individual[dob][year]=2000"
        "&business_profile[name]=A&business_profile[support_url]=https://a.example&metadata[a]=1&metadata[b]=2"
    )
    changed = emulation.update(
        account["id"],
        "business_profile[name]=B&business_profile[support_url]=&individual[dob]=&individual[first_name]=Jenny"
        "&metadata[a]=&metadata[c]=3&email=new@example.com&settings[branding][primary_color]=%23aabbcc",
    )
    assert (changed["business_profile"]["name"], changed["business_profile"]["support_url"]) == ("B", None)
    assert changed["individual"]["id"] == account["individual"]["id"]
    assert changed["individual"]["dob"] == {"day": None, "month": None, "year": None}
    assert changed["metadata"] == {"b": "2", "c": "3"}
    assert changed["email"] == "new@example.com"
    assert changed["settings"]["branding"]["primary_color"] == "#aabbcc"
    assert emulation.run("GetAccountsAccount", account=account["id"]) == changed
    assert emulation.update(account["id"], "metadata=")["metadata"] == {}


def test_fifty_keys_of_metadata_fit_and_no_more(emulation: Emulation) -> None:
    account = emulation.create("&".join(f"metadata[k{n}]=v" for n in range(50)))
    with pytest.raises(StripeError) as caught:
        emulation.update(account["id"], "metadata[one]=more")
    assert caught.value.body.message == "You can only have up to 50 metadata keys."
    assert len(emulation.update(account["id"], "metadata[one]=more&metadata[k0]=")["metadata"]) == 50


def test_a_refused_update_changes_nothing(emulation: Emulation) -> None:
    account = emulation.create("type=custom")
    with pytest.raises(StripeError):
        emulation.update(account["id"], "business_profile[name]=B&email=nobody")
    assert emulation.run("GetAccountsAccount", account=account["id"]) == account


def test_a_capability_can_be_requested_and_unrequested(emulation: Emulation) -> None:
    account = emulation.create("type=express&capabilities[transfers][requested]=true")
    more = emulation.update(account["id"], "capabilities[card_payments][requested]=true")
    assert more["capabilities"] == {"card_payments": "inactive", "transfers": "inactive"}
    less = emulation.update(account["id"], "capabilities[card_payments][requested]=false")
    assert less["capabilities"] == {"transfers": "inactive"}


def test_a_deleted_account_leaves_a_stub_and_is_gone(emulation: Emulation) -> None:
    account = emulation.create()
    stub = emulation.run("DeleteAccountsAccount", account=account["id"], acting=account["id"])
    assert list(stub.items()) == [("id", account["id"]), ("object", "account"), ("deleted", True)]
    assert accounts.find(emulation.sandbox, account["id"]) is None
    with pytest.raises(StripeError) as caught:
        emulation.run("GetAccountsAccount", account=account["id"])
    assert (caught.value.body.status, caught.value.body.code) == (403, "account_invalid")


def test_a_list_comes_newest_first_and_within_the_range(emulation: Emulation) -> None:
    made = [emulation.create(at=NOW + n)["id"] for n in range(4)]
    page = emulation.run("GetAccounts", f"limit=2&created[gte]={NOW + 1}")
    assert list(page) == ["object", "data", "has_more", "url"]
    assert ([row["id"] for row in page["data"]], page["has_more"]) == ([made[3], made[2]], True)
    rest = emulation.run("GetAccounts", f"starting_after={made[2]}&created[gte]={NOW + 1}")
    assert ([row["id"] for row in rest["data"]], rest["has_more"], rest["url"]) == ([made[1]], False, "/v1/accounts")
    assert [row["id"] for row in emulation.run("GetAccounts", f"created={NOW}")["data"]] == [made[0]]


def test_the_account_of_the_key_is_the_platform_or_who_it_acts_as(emulation: Emulation) -> None:
    connected = emulation.create("type=express")
    own = emulation.run("GetAccount")
    assert (own["id"], own["controller"]) == (emulation.sandbox.platform_id, {"type": "account"})
    assert emulation.run("GetAccountsAccount", account=emulation.sandbox.platform_id) == own
    assert emulation.run("GetAccount", acting=connected["id"]) == connected


@pytest.mark.parametrize("operation", ["PostAccounts", "GetAccounts"])
def test_a_connected_account_has_no_accounts_of_its_own(emulation: Emulation, operation: str) -> None:
    with pytest.raises(StripeError) as caught:
        emulation.run(operation, acting=emulation.create()["id"])
    assert caught.value.body.message == (
        "You cannot access the connected accounts of your platform's connected accounts."
    )


def test_the_platform_neither_updates_nor_deletes_itself(emulation: Emulation) -> None:
    own = emulation.sandbox.platform_id
    for operation in ("PostAccountsAccount", "DeleteAccountsAccount"):
        with pytest.raises(StripeError) as caught:
            emulation.run(operation, account=own)
        assert caught.value.body.status == 403


def test_a_connected_account_cannot_read_another_one(emulation: Emulation) -> None:
    one, other = emulation.create()["id"], emulation.create()["id"]
    with pytest.raises(StripeError) as caught:
        emulation.run("GetAccountsAccount", account=one, acting=other)
    assert caught.value.body.status == 403
