"""Account onboarding: its steps, the requirements that it collects, and its completion.

The names of the steps are those of Stripe's documentation. The collected details are test data (our choice).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from emulator.connect_js.access import Grant
from emulator.resources.connect import accounts
from emulator.resources.connect.account_sessions.components import COLLECTION, NO_STRIPE_LOGIN
from emulator.resources.connect.accounts.requirements.due import EXTERNAL_ACCOUNT, due_of
from emulator.wire.match import wildcard_matches

LOGIN_STEP = "stripe_user_authentication"
STEPS = ("business_type", "business_details", "representative_details", "owners", EXTERNAL_ACCOUNT, "summary")
TERMS = "tos_acceptance."


def steps(grant: Grant) -> list[str]:
    """The steps in their order: no login where Stripe's is off, no bank account where it is not collected."""
    login = () if grant.features.get(NO_STRIPE_LOGIN) else (LOGIN_STEP,)
    bank = _collected(EXTERNAL_ACCOUNT, grant, _options(grant))
    return [step for step in (*login, *STEPS) if bank or step != EXTERNAL_ACCOUNT]


def required(grant: Grant, *, include_later: bool = False) -> list[str]:
    """The requirements that the page lets the component collect, in string order; `include_later` adds later ones."""
    due_now = due_of(grant.account, grant.now)
    chosen = _options(grant)
    later = include_later or chosen.get("fields") == "eventually_due"
    names = due_now.eventually if later else due_now.currently
    return [name for name in names if _collected(name, grant, chosen)]


def _options(grant: Grant) -> Mapping[str, object]:
    options = grant.props.get("collectionOptions")
    return options if isinstance(options, dict) else {}


def _collected(name: str, grant: Grant, options: Mapping[str, object]) -> bool:
    """Patterns of `only` and `exclude` may contain a star (our choice), and also match everything below them."""
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
    return any(wildcard_matches(str(pattern), name) or name.startswith(f"{pattern}.") for pattern in patterns)


def complete(grant: Grant) -> None:
    """Collect the requirements. Without exclusions the account is onboarded; else the rest stays due."""
    names = required(grant)
    if set(due_of(grant.account, grant.now).currently) <= set(names):
        accounts.onboard(grant.sandbox, grant.account)
    else:
        fill_in(grant, names)


def fill_in(grant: Grant, names: Iterable[str]) -> None:
    """Fill in some requirements with test data, and store the account."""
    accounts.provide_test_data(grant.sandbox, grant.account, names)
