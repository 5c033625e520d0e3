"""The actions behind the buttons of components. A feature that is off in the session is refused, as it is on Stripe."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from emulator.connect_js import editing, onboarding, payments
from emulator.connect_js.access import Grant
from emulator.connect_js.elements import FEATURE_LABELS
from emulator.connect_js.refusals import Refused
from emulator.resources.connect.account_sessions.components import COLLECTION
from emulator.resources.connect.accounts.requirements.due import EXTERNAL_ACCOUNT, due_of
from emulator.wire.json import Json

Params = Mapping[str, object]


def run_action(grant: Grant, action: str, params: Params) -> Json:
    """Run an action. Returns False when it is allowed but changes nothing in the emulator. Raises Refused.

    The action of a payment, a dispute or a balance returns the object that it has made or changed.

    An action is one of ACTIONS, or has the name of the feature that allows it.
    """
    own = ACTIONS.get((grant.element.name, action))
    if own is not None:
        return own(grant, params)
    if grant.element.name in payments.LISTS and "id" in params:
        return payments.run(grant, action, params)
    if action not in grant.features or action not in FEATURE_LABELS:
        raise Refused("action_unknown", action)
    if not grant.features[action]:
        raise Refused("feature_disabled", action)
    return action == COLLECTION and _add_bank_account(grant)


def _complete(grant: Grant, _: Params) -> bool:
    onboarding.complete(grant)
    return True


def _resolve(grant: Grant, params: Params) -> bool:
    name = str(params.get("requirement", ""))
    if name == EXTERNAL_ACCOUNT and not grant.features.get(COLLECTION, True):
        raise Refused("feature_disabled", COLLECTION)
    if name not in onboarding.required(grant, include_later=True):
        raise Refused("requirement_unknown", name)
    onboarding.fill_in(grant, [name])
    return True


def _add_bank_account(grant: Grant) -> bool:
    """Give the account a bank account, if it lacks one."""
    if EXTERNAL_ACCOUNT not in due_of(grant.account, grant.now).currently:
        return False
    onboarding.fill_in(grant, [EXTERNAL_ACCOUNT])
    return True


ACTIONS: Mapping[tuple[str, str], Callable[[Grant, Params], bool]] = {
    ("account-onboarding", "complete"): _complete,
    ("notification-banner", "resolve"): _resolve,
    ("notification-banner", "save"): editing.save,
    **{
        (element, name): action
        for element in editing.SECTIONS
        for name, action in (
            ("save", editing.save),
            ("make_default", editing.make_default),
            ("remove", editing.remove),
        )
    },
}
