"""The pages as HTML documents. All text from outside is escaped."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Sequence
from functools import cache
from html import escape
from pathlib import Path

from emulator.resources.connect.accounts.requirements.status import status_of
from emulator.schema.trees import dig
from emulator.store.links import Link
from emulator.store.rows import Account
from emulator.wire.urls import is_unsafe

NOTE = "This is a test page of the Stripe emulator. Nothing here reaches Stripe."
SHEETS = ("", "checkout")  # the style sheets that pages have beside that of all; the policy allows each of them


@cache
def style(sheet: str = "") -> str:
    """The style of all pages, and that of some."""
    names = ("hosted", sheet) if sheet else ("hosted",)
    return "".join(_static(f"{name}.css") for name in names)


@cache
def script() -> str:
    """The script of pages that take cards: it groups the digits of the number and names the brand."""
    return _static("cards.js")


def _static(name: str) -> str:
    return (Path(__file__).parent / "static" / name).read_text(encoding="utf-8")


@cache
def policy(*, framed: bool = False) -> str:
    """Content-Security-Policy: the styles and the script of these pages, and nothing else.

    `framed` pages may be shown inside others. A form may lead to any HTTP address: browsers apply the rule to redirects
    too, and `return_url` may redirect again.
    """
    ancestors = "http: https:" if framed else "'none'"
    styles = " ".join(_digest(style(sheet)) for sheet in SHEETS)
    return (
        f"default-src 'none'; style-src {styles}; script-src {_digest(script())}; img-src data:; "
        f"form-action 'self' http: https:; base-uri 'none'; frame-ancestors {ancestors}"
    )


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def setup(link: Link, account: Account, session: str, names: Sequence[str], problem: str = "") -> str:
    """The hosted onboarding: provide everything with test data, or some of it, fail the check, or leave.

    `problem` is the error of the form that was sent before.
    """
    title = "Update your details" if link.update else "Set up your account"
    return document(
        title,
        _name(account),
        f"<p class=problem role=alert>{escape(problem)}</p>" if problem else "",
        "<form method=post>",
        f'<input type=hidden name=session value="{escape(session)}">',
        section("Test data", _everything(link)),
        section("Required details", _some(names)),
        section("Other ways out", _ways_out(link)),
        "</form>",
    )


def express(account: Account, now: int, back: str = "") -> str:
    """The Express Dashboard: the status of an account, what is due, and a way back to its platform."""
    status = status_of(account, now)
    banks = [f"•••• {row.number.replace(' ', '')[-4:]}" for row in account.external_accounts]
    facts = {
        "Account": account.id,
        "Email": account.email or "none",
        "Country": account.country,
        "Payments": "enabled" if status.charges_enabled else "disabled",
        "Payouts": "enabled" if status.payouts_enabled else "disabled",
        "Paid out to": ", ".join(banks) or "no bank account",
    }
    listed = "".join(f"<dt>{escape(name)}</dt><dd>{escape(fact)}</dd>" for name, fact in facts.items())
    required = _items(status.due.currently) if status.due.currently else "<p>Nothing is due.</p>"
    return document(
        "Express Dashboard",
        _name(account),
        section("Account", f"<dl>{listed}</dl>"),
        section("Requirements due", required),
        f'<p><a href="{escape(back)}">Return to the platform</a></p>' if back else "",
    )


def forward(path: str) -> str:
    """A page that leads to another one at once."""
    refresh = f'<meta http-equiv=refresh content="0;url={escape(path)}">'
    return f"<!doctype html>\n<html lang=en><head><meta charset=utf-8>{refresh}<title>Checkout</title></head></html>\n"


def leads_on(url: object) -> bool:
    """Whether a URL of an account can be a link: a web page or an app, but no script."""
    text = str(url or "")
    return "://" in text and not is_unsafe(text)


def message(title: str, text: str) -> str:
    """A page with a message only."""
    return document(title, f"<p>{escape(text)}</p>")


def _everything(link: Link) -> str:
    text = "Saves the details" if link.update else "Completes the onboarding"
    submit = button("complete", "Use test data and submit", first=True)
    return f"<p>{text} with test data that is accepted.</p>{submit}"


def _some(names: Sequence[str]) -> str:
    if not names:
        return "<p>Nothing is due.</p>"
    boxes = "".join(
        f'<label><input type=checkbox name=requirement value="{escape(name)}"><span>{_entry(name)}</span></label>'
        for name in names
    )
    return (
        "<fieldset><legend>Provide only these, with test data; the rest stays due</legend>"
        f"{boxes}</fieldset>{button('provide', 'Provide the selected details')}"
    )


def _ways_out(link: Link) -> str:
    fail = "" if link.update else button("fail", "Submit, and fail the identity check")
    return fail + button("leave", "Leave without finishing")


def button(action: str, text: str, *, first: bool = False, identifier: str = "") -> str:
    """A button that sends the form with an action."""
    kind = (" class=first" if first else "") + (f" id={identifier}" if identifier else "")
    return f'<button{kind} name=action value="{action}">{escape(text)}</button>'


def _items(names: Iterable[str]) -> str:
    return f"<ul>{''.join(f'<li>{_entry(name)}</li>' for name in names)}</ul>"


def _entry(name: str) -> str:
    """A requirement, with line breaks allowed after its dots."""
    return f"<code>{escape(name).replace('.', '.<wbr>')}</code>"


def section(title: str, *parts: str) -> str:
    """A part of a page, of HTML parts, with a heading."""
    return f"<section><h2>{escape(title)}</h2>{''.join(parts)}</section>"


def _name(account: Account) -> str:
    """The account's name and id. The name is isolated, so that right-to-left text does not reorder the id."""
    name = dig(account.fields, ("business_profile", "name"))
    named = f"<bdi>{escape(name)}</bdi> ({account.id})" if isinstance(name, str) else account.id
    return f"<p class=quiet>{named}</p>"


def document(title: str, *parts: str, sheet: str = "", kind: str = "", lang: str = "en") -> str:
    """A page of HTML parts, with a style sheet of its own beside that of all pages, and a class.

    `lang` is the language that the page is for; its words are English, and marked so.
    Pages of the sheet for payments have the script for cards.
    """
    named = f" class={kind}" if kind else ""
    end = f"<script>{script()}</script>" if sheet else ""
    words = "" if lang == "en" else " lang=en"
    main = f"<main{named}{words}><p class=note>{NOTE}</p><h1>{escape(title)}</h1>{''.join(parts)}</main>"
    return (
        f"<!doctype html>\n<html lang={escape(lang)}><head><meta charset=utf-8>"
        '<meta name=viewport content="width=device-width, initial-scale=1"><link rel=icon href="data:,">'
        f"<title>{escape(title)}</title><style>{style(sheet)}</style></head>"
        f"<body>{main}{end}</body></html>\n"
    )
