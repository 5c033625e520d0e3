"""The Markdown pages of the project, their fenced examples, and how an example is executed and compared."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

from emulator.settings import DEFAULT_PORT

ROOT = Path(__file__).parents[1]
DEFAULT_URL = f"http://127.0.0.1:{DEFAULT_PORT}"
GENERATED = "FIDELITY"
README = "README.md"
PYTEST = "fixtures/README.md"
CONTROL = "emulator/control/README.md"
CONNECT_JS = "emulator/connect_js/README.md"
TROUBLE = "emulator/TROUBLE.md"
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_FILE_NAME = re.compile(r"(?:#|//) ([\w./-]+\.\w+(?: \([^)\n]+\))?)\n")
_PART = "--- part {} ---"
_ELLIPSIS = "..."
# Parts of values that differ from one run to the next: ids, secrets, digests, versions of programs.
_ID = re.compile(
    r"(?<![A-Za-z0-9])((?:sk|pk|rk|acct|evt|req|we|whsec|accs_secret_?|em_test|fault|ca|em|person|ba|du|issfr|prv|ch|pi|po|cs_test|plink)_)_?[0-9A-Za-z]{8,}"
)
_HEXADECIMAL = re.compile(r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b[0-9a-f]{16}\b")
_HIDDEN = re.compile(r"\*{3,}\w{0,4}")  # the middle of a key, and its end
_VERSION = re.compile(r"\b\d+\.\d+\.\d+\b")
_EARLIEST = 1_700_000_000  # a number above it is a time


class Block(NamedTuple):
    """A fenced example. `name` is that of the file in its first line, empty if there is none."""

    page: str
    language: str
    text: str
    name: str


def _pages() -> dict[str, str]:
    found = [
        *ROOT.glob("*.md"),
        *(path for top in ("emulator", "fixtures", "tests") for path in (ROOT / top).rglob("*.md")),
    ]
    return {
        path.relative_to(ROOT).as_posix(): path.read_text()
        for path in sorted(found)
        if not path.name.startswith(GENERATED)
    }


def _blocks(page: str, text: str) -> list[Block]:
    blocks = []
    for language, content in _BLOCK.findall(text):
        name = _FILE_NAME.match(content)
        blocks.append(Block(page, language, content, name[1] if name else ""))
    return blocks


PAGES = _pages()
BLOCKS = tuple(block for page, text in PAGES.items() for block in _blocks(page, text))


def of(page: str, *languages: str) -> list[Block]:
    """The examples of a page, all of them or those in some languages."""
    return [block for block in BLOCKS if block.page == page and (not languages or block.language in languages)]


def file(name: str) -> str:
    """The text of the one example that is a file of this name."""
    (found,) = [block.text for block in BLOCKS if block.name == name]
    return found


def table(page: str, first_cell: str) -> list[list[str]]:
    """The rows of the table of a page whose first heading is `first_cell`, by cells."""
    lines = PAGES[page].partition(f"| {first_cell} |")[2].partition("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


def sends(block: Block) -> bool:
    """Whether an example in the shell sends a request to the default address, itself or by `$api`."""
    return block.language == "sh" and re.search(r"curl -sN? .*(\$api|127\.0\.0\.1)", block.text, re.DOTALL) is not None


def run(blocks: list[Block], url: str, folder: Path) -> list[str]:
    """Execute examples in one shell, in order, against the emulator at `url`; returns the output of each."""
    script = "".join(f"echo '{_PART.format(number)}'\n{block.text}" for number, block in enumerate(blocks))
    done = subprocess.run(
        ["bash", "-e", "-u", "-c", script.replace(DEFAULT_URL, url)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    parts = re.split(_PART.format(r"\d+") + r"\n", done.stdout)
    return parts[1:]


def environment() -> dict[str, str]:
    """That of a consumer's own processes: without the variables of our tests."""
    own = {name: text for name, text in os.environ.items() if not name.startswith(("PYTEST", "STRIPE"))}
    return {**own, "STRIPE_SUPPRESS_NOTICES": "true"}


def documents(text: str) -> list[Any]:
    """The JSON documents that follow each other in a text."""
    found, decoder, rest = [], json.JSONDecoder(), text.strip()
    while rest:
        document, end = decoder.raw_decode(rest)
        found.append(document)
        rest = rest[end:].strip()
    return found


def stable(text: str) -> str:
    """A text without what differs from one run to the next."""
    text = _HEXADECIMAL.sub("*", _ID.sub(r"\1*", text.replace("\\", "")))
    return _VERSION.sub("*", _HIDDEN.sub("*", text))


def differences(shown: Any, actual: Any, path: str = "") -> list[str]:
    """The path at which a shown JSON value differs from an actual one. The key or item "..." matches any others."""
    if isinstance(shown, dict) and isinstance(actual, dict):
        return _of_objects(shown, actual, path)
    if isinstance(shown, list) and isinstance(actual, list):
        return _of_lists(shown, actual, path)
    return [] if _resembles(shown, actual) else [f"{path}: {actual!r}, not {shown!r}"]


def _of_objects(shown: dict[str, Any], actual: dict[str, Any], path: str) -> list[str]:
    names = [name for name in shown if name != _ELLIPSIS]
    expected = [name for name in actual if _ELLIPSIS not in shown or name in names]
    if names != expected:
        return [f"{path}: the keys are {expected}, not {names}"]
    return [line for name in names for line in differences(shown[name], actual[name], f"{path}.{name}")]


def _of_lists(shown: list[Any], actual: list[Any], path: str) -> list[str]:
    items = [item for item in shown if item != _ELLIPSIS]
    if len(actual) < len(items) or (len(actual) > len(items) == len(shown)):
        return [f"{path}: there are {len(actual)} items, not {len(items)}"]
    return [line for n, item in enumerate(items) for line in differences(item, actual[n], f"{path}[{n}]")]


def _resembles(shown: Any, actual: Any) -> bool:
    if type(shown) is not type(actual):
        return False
    if isinstance(shown, str):
        beginning = shown.removesuffix(_ELLIPSIS)
        return stable(shown) == stable(actual) or (beginning != shown and stable(actual).startswith(stable(beginning)))
    if type(shown) is int and min(shown, actual) > _EARLIEST:
        return True
    return bool(shown == actual)
