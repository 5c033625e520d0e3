"""Overrides: a rejection by the platform, and requirements, statuses and verdicts set by a test.

The functions for tests refuse impossible values with a ValueError that lists the possible ones.
"""

from __future__ import annotations

from typing import cast, get_args

from emulator import catalog
from emulator.resources.connect.accounts.base.identity import representative
from emulator.resources.connect.accounts.requirements import rules as requirement_rules
from emulator.resources.connect.accounts.storage import store
from emulator.sandbox.change_log import step
from emulator.sandbox.sandbox import Sandbox
from emulator.schema import spec
from emulator.store.rows import Account, ForcedStatus, Verdict
from emulator.wire.dataclasses import replace

REJECTIONS = ("fraud", "terms_of_service", "other")
STATUSES = ("active", "inactive", "pending", "unrequested")
OUTCOMES = (*get_args(Verdict), "automatic")
# Why a capability is disabled (official list).
REASONS = (
    "other", "paused.inactivity", "pending.onboarding", "pending.review", "platform_disabled", "platform_paused",
    "rejected.inactivity", "rejected.other", "rejected.unsupported_business", "requirements.fields_needed",
)  # fmt: skip
_WHOLE = frozenset({"business_type", "external_account"})
_GROUPS = ("business_profile", "company", "documents", "settings", "tos_acceptance")
_PERSONS = ("individual", *requirement_rules.GROUPS_OF_PERSONS)
# Required, though no parameter has the name (observed).
_UNSENT = frozenset({"business_vat_id_number", "verification.proof_of_liveness"})


@step("reject")
def reject(sandbox: Sandbox, account: Account, reason: str, now: int | None = None) -> Account:
    """Reject an account for fraud, terms_of_service or other, and stores it. Raises ValueError for other reasons.

    Its lists of requirements stay; everything it can do ends (observed). `now` is that of a request, in unix seconds.
    """
    if reason not in REJECTIONS:
        raise ValueError(f"reason is {reason!r}, and must be one of {', '.join(REJECTIONS)}")
    return store(sandbox, sandbox.clock.now() if now is None else now, replace(account, rejected=reason))


@step("add_requirement", "deadline")
def add_requirement(sandbox: Sandbox, account: Account, name: str, deadline: int | None = None) -> Account:
    """Add a requirement, such as `individual.verification.document`, to an account, and store it.

    It is due at once, past due from `deadline` on (unix seconds; None is now), and met when the field is next sent.
    Raises ValueError for a name that can be no requirement.
    """
    _check_name(account, name)
    now = sandbox.clock.now()
    if deadline is not None and deadline <= 0:
        raise ValueError(f"deadline is {deadline}, and must be unix seconds, or None for a requirement past due now")
    return store(sandbox, now, replace(account, added_requirements={**account.added_requirements, name: deadline}))


@step("set_capability")
def set_capability(sandbox: Sandbox, account: Account, name: str, status: str, reason: str | None = None) -> Account:
    """Set the status of a capability, whatever is due, and store it; it is requested if it was not.

    `unrequested` takes the request away. Raises ValueError for unknown names, statuses and reasons.
    """
    _check_capability(name, status, reason)
    now = sandbox.clock.now()
    if status == "unrequested":
        names = tuple(each for each in account.capabilities if each != name)
        forced = {each: status for each, status in account.forced_statuses.items() if each != name}
        return store(sandbox, now, replace(account, capabilities=names, forced_statuses=forced))
    return store(
        sandbox,
        now,
        replace(
            account,
            capabilities=tuple(sorted({*account.capabilities, name})),
            requested_at={name: now, **account.requested_at},
            forced_statuses={**account.forced_statuses, name: ForcedStatus(status, reason)},
        ),
    )


@step("verify")
def verify(sandbox: Sandbox, account: Account, outcome: str) -> Account:
    """Decide how the checks of an account end, at once, and stores it.

    `verified` passes all of them, `failed` leaves the identity of the representative unverified until new details or
    a document come, `pending` lets them go on for ever, `automatic` leaves it to the test values. Raises ValueError.
    """
    if outcome not in OUTCOMES:
        raise ValueError(f"outcome is {outcome!r}, and must be one of {', '.join(OUTCOMES)}")
    if outcome == "failed" and representative(account) is None:
        raise ValueError(f"{account.id} has no representative whose identity could fail: onboard it, or add one")
    verdict = None if outcome == "automatic" else cast("Verdict", outcome)
    return store(sandbox, sandbox.clock.now(), replace(account, verdict=verdict))


def _check_name(account: Account, name: str) -> None:
    """A name that no request could meet would stay for ever: a field must be one that the API takes."""
    first, _, rest = name.partition(".")
    persons = {*_PERSONS, *(person.id for person in account.persons)}
    of_person = first in persons and _takes("PostAccountsAccountPersons", rest)
    of_account = first in _GROUPS and rest and _takes("PostAccountsAccount", name)
    if name in _WHOLE or of_person or of_account or (first in {"company", *persons} and rest in _UNSENT):
        return
    groups = ", ".join(sorted({*_GROUPS, *persons}))
    raise ValueError(
        f"{name[:100]!r} is no requirement: it must be business_type, external_account, or a field that the API takes "
        f"of one of {groups}, such as individual.verification.document"
    )


def _takes(operation: str, name: str) -> bool:
    """Whether a dotted path is a parameter of an operation."""
    return catalog.operation(operation).params.at(name.split(".")) is not None


def _check_capability(name: str, status: str, reason: str | None) -> None:
    if name not in capability_names():
        raise ValueError(f"{name!r} is no capability of Stripe; card_payments and transfers are two")
    if status not in STATUSES:
        raise ValueError(f"status is {status!r}, and must be one of {', '.join(STATUSES)}")
    if reason is not None and status not in ("inactive", "pending"):
        raise ValueError(f"reason is {reason!r}, and a capability that is {status} has none")
    if reason is not None and reason not in REASONS:
        raise ValueError(f"reason is {reason!r}, and must be one of {', '.join(REASONS)}")


def capability_names() -> tuple[str, ...]:
    """Every capability that Stripe has."""
    known = catalog.operation("PostAccounts").params.params["capabilities"].type
    return tuple(known.params) if isinstance(known, spec.Object) else ()
