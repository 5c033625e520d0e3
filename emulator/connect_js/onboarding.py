"""What account onboarding asks for, and what its completion changes.

The names of the steps are those of Stripe's documentation. What an owner would type is made up (our choice).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase

from emulator.connect_js.access import Grant
from emulator.resources.connect import accounts
from emulator.resources.connect.account_sessions.components import COLLECTION, NO_STRIPE_LOGIN
from emulator.resources.connect.accounts.requirements.due import EXTERNAL_ACCOUNT, due_of

LOGIN_STEP = "stripe_user_authentication"
STEPS = ("business_type", "business_details", "representative_details", "owners", EXTERNAL_ACCOUNT, "summary")
TERMS = "tos_acceptance."


def steps(grant: Grant) -> list[str]:
    """The steps in their order: no login where Stripe's is off, no bank account where it is not collected."""
    login = () if grant.features.get(NO_STRIPE_LOGIN) else (LOGIN_STEP,)
    bank = _collected(EXTERNAL_ACCOUNT, grant, _options(grant))
    return [step for step in (*login, *STEPS) if bank or step != EXTERNAL_ACCOUNT]


def owed(grant: Grant, *, everything: bool = False) -> list[str]:
    """The requirements that the page lets the component collect, in string order; `everything` adds later ones."""
    due_now = due_of(grant.account, grant.now)
    chosen = _options(grant)
    later = everything or chosen.get("fields") == "eventually_due"
    names = due_now.eventually if later else due_now.currently
    return [name for name in names if _collected(name, grant, chosen)]


def _options(grant: Grant) -> Mapping[str, object]:
    options = grant.props.get("collectionOptions")
    return options if isinstance(options, dict) else {}


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
    if set(due_of(grant.account, grant.now).currently) <= set(names):
        accounts.onboard(grant.sandbox, grant.account)
    else:
        provide(grant, names)


def provide(grant: Grant, names: Iterable[str]) -> None:
    """Fills in some requirements of the account with test data, and stores it."""
    accounts.provide_test_data(grant.sandbox, grant.account, names)
