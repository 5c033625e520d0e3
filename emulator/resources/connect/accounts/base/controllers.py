"""Who controls an account: the types, the controller properties, and which combinations exist."""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType
from typing import cast

from emulator import errors
from emulator.schema.check import Params
from emulator.store.rows import AccountType, Controller, Dashboard, Party, Payer
from emulator.wire.namedtuples import NamedTuple

# The controller of each type (official mapping; payers observed on express and custom accounts).
TYPES: MappingProxyType[AccountType, Controller] = MappingProxyType(
    {
        "standard": Controller("account", "stripe", "stripe", "full"),
        "express": Controller("application_express", "application", "stripe", "express"),
        "custom": Controller("application_custom", "application", "application", "none"),
    }
)
_PREVIEW_EXPRESS = Controller("account", "stripe", "stripe", "express")


class Refusal(NamedTuple):
    """A combination that Stripe refuses, with its words."""

    applies: Callable[[Controller], bool]
    message: str


# In order. The first two messages are observed; the last two restate official rules in our words.
REFUSALS = (
    Refusal(
        lambda c: c.dashboard == "express" and not (c.fees_payer == c.losses_payments == "application"),
        "When `stripe_dashboard[type]=express`, your platform must collect fees and be liable for negative balances or "
        "refunds and chargebacks.",
    ),
    Refusal(
        lambda c: c.dashboard == "none" and c.requirement_collection == "stripe" and c.losses_payments != "stripe",
        "When `stripe_dashboard[type]=none` and `requirement_collection=stripe`, Stripe must be liable for negative "
        "balances or refunds and chargebacks.",
    ),
    Refusal(
        lambda c: c.dashboard == "full" and c.losses_payments != "stripe",
        "When `stripe_dashboard[type]=full`, Stripe must be liable for negative balances or refunds and chargebacks.",
    ),
    Refusal(
        lambda c: (
            c.requirement_collection == "application"
            and c != Controller("application", "application", "application", "none")
        ),
        "When `requirement_collection=application`, `stripe_dashboard[type]` must be none and your platform must "
        "collect fees and be liable for negative balances or refunds and chargebacks.",
    ),
)


def resolve(params: Params, *, preview: bool) -> tuple[AccountType, Controller]:
    """The type and the controller that a request names. Raises StripeError.

    Without either it is a standard account. The type of an account that is made with `controller` is `none` (official
    example), except where the properties are exactly those of a standard account. Preview versions also know the
    Express Dashboard with Stripe collecting fees and losses.
    """
    if "type" in params and "controller" in params:
        raise errors.exclusive_params([("type",), ("controller",)])
    if "controller" not in params:
        kind = cast("AccountType", params.get("type") or "standard")
        return kind, TYPES[kind]
    controller = _controller(cast("Params", params["controller"]))
    if not (preview and controller == _PREVIEW_EXPRESS):
        _check(controller)
    return "standard" if controller == TYPES["standard"] else "none", controller


def _controller(sent: Params) -> Controller:
    """The properties sent, and the official default of each other one: those of a standard account."""
    return Controller(
        cast("Payer", _nested(sent, "fees", "payer", "account")),
        cast("Party", _nested(sent, "losses", "payments", "stripe")),
        cast("Party", sent.get("requirement_collection", "stripe")),
        cast("Dashboard", _nested(sent, "stripe_dashboard", "type", "full")),
    )


def _nested(sent: Params, group: str, name: str, default: str) -> str:
    return str(cast("Params", sent.get(group, {})).get(name, default))


def _check(controller: Controller) -> None:
    for refusal in REFUSALS:
        if refusal.applies(controller):
            raise errors.controller_unsupported(refusal.message)
