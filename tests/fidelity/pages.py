"""The pages: an index at the top level, and one page per area beside its code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from itertools import groupby
from pathlib import Path

from emulator.errors import CONSTRUCTORS
from tests.fidelity import tables
from tests.fidelity.choices import AREAS, ROOT, Area
from tests.fidelity.tables import Lines, code, table

NAME = "FIDELITY.md"
WRITTEN = "Written by `python -m tests.fidelity`; a test keeps it fresh."
LEVELS = """\
- **official**: documented by Stripe, in its API reference, OpenAPI document, SDKs or changelog.
- **observed**: seen in recorded responses of Stripe, or in public logs and issues of its users.
- **inferred**, **by analogy**: this very case is not published; it follows from cases that are official or observed.
- **our choice**: nothing is known, or it concerns the emulator only. If you know better, please open an issue."""
# Sections that are read from the code, by the folder of their page.
SECTIONS: Mapping[str, Mapping[str, Callable[[], Lines]]] = {
    "errors": {"Errors": tables.errors},
    "resources/connect/account_sessions": {"Components": tables.components, "Refused claims": tables.claims},
    "resources/connect/accounts": {"Additional parameters": tables.parameters},
    "resources/connect/accounts/base": {"Refused controller properties": tables.controller_refusals},
}


def pages() -> dict[Path, str]:
    """Every page by its path."""
    own = {area.folder / NAME: "\n".join(_page(area)) for area in AREAS}
    return {ROOT / NAME: "\n".join(_index()), **own}


def write() -> None:
    """Write every page, and remove those of areas that are gone."""
    current = pages()
    for stale in {*ROOT.glob(f"emulator/**/{NAME}")} - current.keys():
        stale.unlink()
    for path, text in current.items():
        path.write_text(text)


def _page(area: Area) -> Iterator[str]:
    index = Path(*[".."] * len(area.folder.relative_to(ROOT).parts), NAME).as_posix()
    yield f"# Fidelity: {area.title}"
    yield ""
    yield f"How sure we are that Stripe behaves the same; [the index]({index}) explains the levels. {WRITTEN}"
    yield ""
    for title, lines in SECTIONS.get(area.folder.relative_to(ROOT / "emulator").as_posix(), {}).items():
        yield from (f"## {title}", "", *lines(), "")
    for title, choices in groupby(area.choices, key=lambda choice: choice.section or "Choices"):
        yield from (f"## {title}", "")
        yield from table("Behaviour | Why | How sure", (choice[:3] for choice in choices))
        yield ""
    if area.not_raised:
        yield from ("## Codes of v2 that are not raised", "")
        yield "Stripe documents these codes for modelled operations of v2, but no request receives them here. Faults can"
        yield "respond with those that have a row above."
        yield ""
        yield from (f"- {why} {', '.join(map(code, codes))}" for why, codes in area.not_raised)
        yield ""


def _index() -> Iterator[str]:
    yield from (
        "# Fidelity",
        "",
        "What the emulator models, and how sure we are that Stripe behaves the same.",
        WRITTEN,
    )
    yield from ("", "## Levels", "", LEVELS, "", "## Areas", "")
    yield "The numbers count the behaviours on each page by the first level that they have; every error is one."
    yield ""
    yield from table("Area | Official or observed | Inferred or by analogy | Our choice", map(_row, AREAS))
    yield from ("", "## Operations", "", *tables.operations(), "", "## Known gaps", "", *_gaps(), "")


def _row(area: Area) -> tuple[str, ...]:
    errors = CONSTRUCTORS.values() if area.folder.name == "errors" else ()
    levels = Counter([*(choice.level for choice in area.choices), *(each.sure for each in errors)])
    link = f"[{area.title}]({(area.folder / NAME).relative_to(ROOT).as_posix()})"
    groups = (("official", "observed"), ("inferred", "by analogy"), ("our choice",))
    return link, *(str(sum(levels[level] for level in group)) for group in groups)


def _gaps() -> Lines:
    yield "- Money comes by cards, by debits of bank accounts, and by redirects to banks and wallets. Vouchers, codes to scan, bank"
    yield "  transfers for a payment intent and cards at a reader are refused by name, with status 501."
    yield "- Rates of exchange and Stripe's fees are those of a fixed table."
    yield f"- These parameters are refused with status 501: {tables.refused_parameters()}."
    yield "- Some codes of v2 are [never raised](emulator/errors/FIDELITY.md#codes-of-v2-that-are-not-raised)."
    yield "- Components in the browser, hosted pages and the requests between them and the server are not Stripe's."
    yield "- Nothing depends on what Stripe has approved a platform for."
