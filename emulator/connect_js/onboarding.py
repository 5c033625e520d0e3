"""What account onboarding asks for, and what its completion changes.

The names of the steps are those of Stripe's documentation. What an owner would type is made up (our choice).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from fnmatch import fnmatchcase

from emulator.connect_js.grants import Grant
from emulator.resources import accounts
from emulator.resources.account_sessions.components import COLLECTION, NO_STRIPE_LOGIN
from emulator.resources.accounts.requirements import EXTERNAL_ACCOUNT, due
from emulator.schema.check import Value
from emulator.store.rows import Account

LOGIN_STEP = "stripe_user_authentication"
STEPS = ("business_type", "business_details", "representative_details", "owners", EXTERNAL_ACCOUNT, "summary")
TERMS = "tos_acceptance."

# What is filled in, by the end of a requirement's name; any other is a text.
ANSWERS: Mapping[str, Value] = {
    "country": "US",
    "day": 1,
    "dob.month": 1,
    "dob.year": 1990,
    "email": "owner@example.com",
    "business_profile.mcc": "5734",
    "business_profile.url": "https://shop.example.com",
    "phone": "+12015550123",
    "postal_code": "94103",
    "ip": "127.0.0.1",
    "ssn_last_4": "0000",
    "statement_descriptor": "EMULATED",
}


def steps(grant: Grant) -> list[str]:
    """The steps in their order: no login where Stripe's is off, no bank account where it is not collected."""
    login = () if grant.features.get(NO_STRIPE_LOGIN) else (LOGIN_STEP,)
    bank = grant.features.get(COLLECTION, True)
    return [step for step in (*login, *STEPS) if bank or step != EXTERNAL_ACCOUNT]


def owed(grant: Grant, *, everything: bool = False) -> list[str]:
    """The requirements that the page lets the component collect, in string order; `everything` adds later ones."""
    due_now = due(grant.account)
    options = grant.props.get("collectionOptions")
    chosen = options if isinstance(options, dict) else {}
    later = everything or chosen.get("fields") == "eventually_due"
    names = due_now.eventually if later else due_now.currently
    return [name for name in names if _collected(name, grant, chosen)]


def _collected(name: str, grant: Grant, options: Mapping[str, object]) -> bool:
    """Patterns of `only` and `exclude` may hold a star (our choice), and stand for what is below them too."""
    if name == EXTERNAL_ACCOUNT and not grant.features.get(COLLECTION, True):
        return False
    if name.startswith(TERMS) and grant.props.get("skipTermsOfServiceCollection") is True:
        return False
    requirements = options.get("requirements")
    filters = requirements if isinstance(requirements, dict) else {}
    only, exclude = filters.get("only"), filters.get("exclude")
    if isinstance(only, list) and not _matches(name, only):
        return False
    return not (isinstance(exclude, list) and _matches(name, exclude))


def _matches(name: str, patterns: Iterable[object]) -> bool:
    return any(fnmatchcase(name, str(pattern)) or name.startswith(f"{pattern}.") for pattern in patterns)


def complete(grant: Grant) -> None:
    """Collects what is owed. An account of which nothing was left out is onboarded; of another the rest stays due."""
    names = owed(grant)
    if set(due(grant.account).currently) <= set(names):
        accounts.onboard(grant.sandbox, grant.account)
    else:
        provide(grant, names)


def provide(grant: Grant, names: Iterable[str]) -> None:
    """Fills in some requirements of the account, and stores it."""
    account = grant.account
    for name in names:
        account = _answered(account, name, grant.now)
    grant.sandbox.accounts.put(account.id, account)


def _answered(account: Account, name: str, now: int) -> Account:
    if name == "business_type":
        return replace(account, business_type="individual")
    return replace(account, fields=_with(account.fields, name.split("."), _answer(name, now)))


def _answer(name: str, now: int) -> Value:
    if name == "tos_acceptance.date":
        return now
    if name.endswith("_provided"):
        return True
    return next((value for end, value in ANSWERS.items() if name.endswith(end)), "Emulated")


def _with(fields: Mapping[str, Value], path: list[str], value: Value) -> dict[str, Value]:
    name, *rest = path
    if not rest:
        return {**fields, name: value}
    inner = fields.get(name)
    return {**fields, name: _with(inner if isinstance(inner, dict) else {}, rest, value)}
