"""Specifications of countries."""

from __future__ import annotations

from emulator.resources.connect.accounts.base import countries

from ...api import Api

PERSON = """
address.city address.line1 address.postal_code address.state dob.day dob.month dob.year email first_name id_number
last_name phone
""".split()
FROM_US = """
US AE AG AL AM AR AT AU BA BE BG BH BO CA CH CI CL CO CR CY CZ DE DK DO EC EE EG ES ET FI FR GB GH GM GR GT GY HK HR HU
ID IE IL IS IT JM JO JP KE KH KR KW LC LI LK LT LU LV MA MD MG MK MN MO MT MU MX MY NA NG NL NO NZ OM PA PE PH PL PT PY
QA RO RS RW SA SE SG SI SK SN SV TH TN TR TT TZ UY UZ VN ZA BD BJ MC NE SM AZ BN BT AO DZ TW BS BW GA LA MZ KZ PK
""".split()


def test_the_specification_of_the_us_is_the_official_one() -> None:
    found = Api().get("/v1/country_specs/US").body
    currencies = found.pop("supported_payment_currencies")

    assert currencies[:3] == ["usd", "aed", "afn"]
    assert found == {
        "id": "US",
        "object": "country_spec",
        "default_currency": "usd",
        "supported_bank_account_currencies": {"usd": ["US"]},
        "supported_payment_methods": ["ach", "card", "stripe"],
        "supported_transfer_countries": FROM_US,
        "verification_fields": {
            "company": {
                "additional": [],
                "minimum": [
                    "business_profile.mcc",
                    "business_profile.url",
                    "business_type",
                    "company.address.city",
                    "company.address.line1",
                    "company.address.postal_code",
                    "company.address.state",
                    "company.name",
                    "company.owners_provided",
                    "company.phone",
                    "company.tax_id",
                    "external_account",
                    *(f"owners.{name}" for name in PERSON),
                    "owners.ssn_last_4",
                    "owners.verification.document",
                    *(f"representative.{name}" for name in PERSON),
                    "representative.relationship.executive",
                    "representative.relationship.title",
                    "representative.ssn_last_4",
                    "representative.verification.document",
                    "tos_acceptance.date",
                    "tos_acceptance.ip",
                ],
            },
            "individual": {
                "additional": [],
                "minimum": [
                    "business_profile.mcc",
                    "business_profile.url",
                    "business_type",
                    "external_account",
                    *(f"individual.{name}" for name in PERSON),
                    "individual.ssn_last_4",
                    "individual.verification.document",
                    "tos_acceptance.date",
                    "tos_acceptance.ip",
                ],
            },
        },
    }


def test_other_countries_require_what_their_accounts_require() -> None:
    api = Api()
    found = api.get("/v1/country_specs/GB").body

    assert (found["default_currency"], found["supported_bank_account_currencies"]) == ("gbp", {"gbp": ["GB"]})
    assert found["supported_payment_methods"] == ["card", "stripe"]
    assert found["supported_transfer_countries"][:3] == ["GB", "AT", "BE"]
    assert api.get("/v1/country_specs/JP").body["supported_transfer_countries"] == ["JP"]
    capabilities = {name: {"requested": "true"} for name in ("card_payments", "transfers")}
    sent = {"type": "custom", "country": "GB", "business_type": "individual", "capabilities": capabilities}
    due = api.post("/v1/accounts", sent).body["requirements"]["eventually_due"]
    assert found["verification_fields"]["individual"] == {"additional": [], "minimum": sorted([*due, "business_type"])}


def test_the_countries_of_accounts_are_listed_by_their_codes() -> None:
    api = Api()
    first = api.get("/v1/country_specs?limit=3").body
    assert ([each["id"] for each in first["data"]], first["has_more"]) == (["AE", "AT", "AU"], True)
    rest = api.get("/v1/country_specs?limit=100&starting_after=AU").body
    assert [each["id"] for each in rest["data"]] == sorted(countries.PROCESSING)[3:]


def test_countries_without_accounts_have_no_specification() -> None:
    unknown, recipients = (Api().get(f"/v1/country_specs/{country}") for country in ("nope", "KE"))
    assert (unknown.status, unknown.error["message"]) == (404, "Country 'nope' is unknown")
    assert recipients.status == 501


def test_recipients_are_in_every_country_that_the_us_reaches_but_one() -> None:
    api = Api()
    terms = {"tos_acceptance": {"service_agreement": "recipient"}, "capabilities": {"transfers": {"requested": "true"}}}
    refused = [
        country
        for country in FROM_US[1:]
        if api.post("/v1/accounts", {"type": "custom", "country": country, **terms}).status != 200
    ]
    assert refused == ["JM"]
