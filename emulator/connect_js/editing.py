"""Forms that owners submit in components, by the rules of the API. Features that are off in the session are refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from emulator.connect_js import forms, onboarding
from emulator.connect_js.access import Grant
from emulator.connect_js.fields import Form
from emulator.connect_js.refusals import Refused
from emulator.resources.connect import owner_edits
from emulator.resources.connect.account_sessions.components import COLLECTION
from emulator.resources.connect.accounts.base.identity import representative
from emulator.resources.connect.accounts.persons import changes as person_changes
from emulator.resources.connect.accounts.requirements.due import EXTERNAL_ACCOUNT
from emulator.store.rows import Account, Person
from emulator.wire.dataclasses import replace

Params = Mapping[str, object]
SCHEDULE = "payout_schedule"
# The feature that a section requires.
FEATURE_OF_SECTION: Mapping[str, str] = {EXTERNAL_ACCOUNT: COLLECTION, SCHEDULE: "edit_payout_schedule"}
# The sections of each component (our choice); those of balances and payouts follow from their features.
SECTIONS: Mapping[str, tuple[str, ...]] = {
    "account-management": (
        "business_details",
        "account_details",
        "representative_details",
        "public_details",
        EXTERNAL_ACCOUNT,
    ),
    "balances": (EXTERNAL_ACCOUNT, SCHEDULE),
    "payouts": (EXTERNAL_ACCOUNT, SCHEDULE),
}
FORMS: Mapping[str, Callable[[Account, Person, int], Form]] = {
    "account_details": lambda account, _, now: forms.contact(account, now),
    "business_details": lambda account, _, now: forms.business(account, now),
    "public_details": lambda account, _, now: forms.public(account, now),
    "representative_details": forms.representative,
    EXTERNAL_ACCOUNT: lambda account, _, __: forms.bank_account(account),
    SCHEDULE: lambda account, _, __: forms.payout_schedule(account),
}


def sections(grant: Grant) -> dict[str, Form]:
    """The forms of a component by name: its sections, or the requirements that can be met with text."""
    person = _representative(grant)
    if grant.element.name == "notification-banner":
        found = {
            name: _requirement_form(grant, name, person) for name in onboarding.required(grant, include_later=True)
        }
        return {name: form for name, form in found.items() if form is not None}
    names = (name for name in SECTIONS.get(grant.element.name, ()) if _is_allowed(grant, name))
    return {name: FORMS[name](grant.account, person, grant.now) for name in names}


def save(grant: Grant, params: Params) -> bool:
    """Save the form of a section. Raises Refused, and StripeError for values that the API refuses."""
    name, values = str(params.get("section", "")), params.get("values")
    _check_allowed(grant, name)
    form = sections(grant).get(name)
    if form is None:
        raise Refused("section_unknown", name)
    try:
        tree = form.tree(values if isinstance(values, dict) else {})
    except KeyError as error:
        raise Refused("field_unknown", str(error.args[0])) from None
    who = (grant.sandbox, grant.now, grant.account)
    if name == EXTERNAL_ACCOUNT:
        bank = tree.get(EXTERNAL_ACCOUNT)
        kind = {"object": "bank_account", **(bank if isinstance(bank, dict) else {})}
        owner_edits.add_external_account(*who, {EXTERNAL_ACCOUNT: kind}, instead=params.get("replace_default") is True)
    elif form.person is not None:
        owner_edits.edit_person(*who, _with_id(grant, form.person), tree)
    else:
        owner_edits.edit(*who, tree)
    return True


def make_default(grant: Grant, params: Params) -> bool:
    """Make a bank account the default of its currency. Raises Refused and StripeError."""
    _check_allowed(grant, EXTERNAL_ACCOUNT)
    owner_edits.prefer_external_account(grant.sandbox, grant.now, grant.account, str(params.get("id", "")))
    return True


def remove(grant: Grant, params: Params) -> bool:
    """Remove a bank account. Raises Refused, and StripeError for a default that must stay."""
    _check_allowed(grant, EXTERNAL_ACCOUNT)
    owner_edits.remove_external_account(grant.sandbox, grant.now, grant.account, str(params.get("id", "")))
    return True


def _check_allowed(grant: Grant, section: str) -> None:
    """Refuse a section whose feature is off."""
    if not _is_allowed(grant, section):
        raise Refused("feature_disabled", FEATURE_OF_SECTION[section])


def _is_allowed(grant: Grant, section: str) -> bool:
    return section not in FEATURE_OF_SECTION or grant.features.get(FEATURE_OF_SECTION[section], False)


def _requirement_form(grant: Grant, name: str, person: Person) -> Form | None:
    if name == EXTERNAL_ACCOUNT:
        return forms.bank_account(grant.account)
    return forms.requirement_form(grant.account, name, person, grant.now)


def _representative(grant: Grant) -> Person:
    """The representative; without one, an empty person that has no id yet."""
    empty = person_changes.new_person(grant.account, "", grant.now)
    return representative(grant.account) or replace(empty, fields={"relationship": {"representative": True}})


def _with_id(grant: Grant, person: Person) -> Person:
    return (
        person if person.id else replace(person, id=grant.sandbox.ids.in_account("person", grant.now, person.account))
    )
