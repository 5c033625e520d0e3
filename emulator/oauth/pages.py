"""The page of consent as an HTML document without scripts, in the style of the hosted pages."""

from __future__ import annotations

from html import escape

from emulator.hosted.pages import button, document, message, section
from emulator.oauth.consent import BLANK, COMPLETE, DENY, EXISTING, Consent, standard_accounts
from emulator.schema.trees import dig
from emulator.store.rows import Account


def consent_page(consent: Consent, problem: str = "") -> str:
    """The page: connect a new account, blank or filled in, or an existing one, or deny it."""
    scope = "read only" if consent.scope == "read_only" else "read and write"
    blank = f"Skips the form: connects a new {'Express' if consent.is_express else 'standard'} account without details."
    complete = "Completes the form with test data: connects a new account that can take payments."
    return document(
        "Connect your account",
        f"<p class=quiet>The application {escape(consent.sandbox.client_id)} of the platform "
        f"{escape(consent.sandbox.platform_id)} requests access to your account: {scope}.</p>",
        f"<p class=problem role=alert>{escape(problem)}</p>" if problem else "",
        "<form method=post>",
        section("A blank account", f"<p>{blank}</p>", button(BLANK, "Use blank account", first=True)),
        section("An account with test data", f"<p>{complete}</p>", button(COMPLETE, "Use test data and connect")),
        _existing(standard_accounts(consent)),
        section("Refuse", button(DENY, "Deny")),
        "</form>",
    )


def code_page(query: str) -> str:
    """The page of an application without a redirect URI: the query that the URI would receive."""
    return message("The redirect URI of your application would receive this", query or "nothing")


def _existing(accounts: list[Account]) -> str:
    if not accounts:
        return ""
    rows = "".join(
        f'<label><input type=radio name=account value="{escape(each.id)}"{" checked" if not at else ""}>'
        f"<span>{_label(each)}</span></label>"
        for at, each in enumerate(accounts)
    )
    return section(
        "An account that is connected already",
        f"<fieldset><legend>Connect it again: its present access token ends</legend>{rows}</fieldset>",
        button(EXISTING, "Connect this account"),
    )


def _label(account: Account) -> str:
    name = dig(account.fields, ("business_profile", "name"))
    return f"<bdi>{escape(name)}</bdi> ({account.id})" if isinstance(name, str) else account.id
