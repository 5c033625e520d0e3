"""Errors of the script's own requests. Stripe's are not public: codes and messages are our choice."""

from __future__ import annotations

from emulator.wire.namedtuples import NamedTuple


class Refusal(NamedTuple):
    """A refusal: status, message, hint, and the type of the load error that the page receives."""

    status: int
    message: str
    hint: str
    load_error: str = "invalid_request_error"


REFUSALS: dict[str, Refusal] = {
    "component_unknown": Refusal(
        400,
        "There is no component {name}.",
        "Use a component of https://docs.stripe.com/connect/supported-embedded-components.",
    ),
    "component_not_enabled": Refusal(
        400,
        "The component {name} is not enabled in this account session.",
        "Enable components[{name}] when the account session is created.",
    ),
    "feature_disabled": Refusal(
        403,
        "The feature {name} is off in this account session.",
        "Turn the feature on when the account session is created.",
    ),
    "action_unknown": Refusal(400, "There is no action {name} here.", "Use one that the component shows."),
    "amount_invalid": Refusal(
        400, "{name} is not an amount.", "Send a decimal number in the currency's units, such as 10.50."
    ),
    "requirement_unknown": Refusal(400, "{name} is not required of the account.", "Send an entry of its requirements."),
    "section_unknown": Refusal(400, "There is no section {name} here.", "Use one that the component shows."),
    "field_unknown": Refusal(400, "There is no field {name} here.", "Send fields that the section shows, as text."),
    "account_deleted": Refusal(
        400, "The account of this session was deleted.", "Create an account session for an account that exists."
    ),
    "session_ended": Refusal(
        401,
        "This session has ended: it expired, or was logged out.",
        "Claim a new client secret.",
        "authentication_error",
    ),
}


class Refused(Exception):
    """A request of the script that cannot be carried out; `code` is a key of REFUSALS."""

    def __init__(self, code: str, name: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.name = name

    @property
    def refusal(self) -> Refusal:
        found = REFUSALS[self.code]
        return found._replace(message=found.message.format(name=self.name), hint=found.hint.format(name=self.name))
