"""What the script's own requests are refused with. Stripe's are not public: codes and words are our choice."""

from __future__ import annotations

from typing import NamedTuple


class Words(NamedTuple):
    """A refusal's status, message and hint, and the load error that the page sees."""

    status: int
    message: str
    hint: str
    load_error: str = "invalid_request_error"


REFUSALS: dict[str, Words] = {
    "component_unknown": Words(
        400,
        "There is no component {name}.",
        "Use a component of https://docs.stripe.com/connect/supported-embedded-components.",
    ),
    "component_not_enabled": Words(
        400,
        "The component {name} is not enabled in this account session.",
        "Enable components[{name}] when the account session is created.",
    ),
    "feature_disabled": Words(
        403,
        "The feature {name} is off in this account session.",
        "Turn the feature on when the account session is created, or leave the action to those who may.",
    ),
    "action_unknown": Words(400, "There is no action {name} here.", "Use one of those that the component shows."),
    "requirement_unknown": Words(400, "The account does not owe {name}.", "Send an entry of its requirements."),
    "section_unknown": Words(400, "There is no section {name} here.", "Use one of those that the component shows."),
    "field_unknown": Words(400, "There is no field {name} here.", "Send fields that the section shows, as text."),
    "account_deleted": Words(
        400, "The account of this session was deleted.", "Create an account session for an account that exists."
    ),
    "session_ended": Words(
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
    def words(self) -> Words:
        words = REFUSALS[self.code]
        return words._replace(message=words.message.format(name=self.name), hint=words.hint.format(name=self.name))
