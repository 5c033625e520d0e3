"""The documentation is true: its examples run, its tables are complete."""

from __future__ import annotations

import inspect
import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import Field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from emulator.client import EmulatorClient
from emulator.control.app import ROUTES
from emulator.control.endpoints.clock import ACTIONS
from emulator.server import Server
from emulator.settings import DEFAULT_PORT, Settings, variable

if TYPE_CHECKING:
    from fixtures.handle import SDK, StripeEmulator
else:
    from emulator_fixtures.handle import SDK

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
DEFAULT_URL = f"http://127.0.0.1:{DEFAULT_PORT}"
# How each language of an example is held to be true: it runs here, it is compared with what runs, or it is shown only.
RUN, COMPARED = {"python", "sh"}, {"json", "yaml"}
SHOWN = {"js", "ruby", "php", "go", "java", "csharp"}


class Block(NamedTuple):
    """A fenced example of the README."""

    language: str
    text: str


BLOCKS = tuple(Block(*found) for found in re.findall(r"^```(\w+)\n(.*?)^```$", README, re.DOTALL | re.MULTILINE))
PYTEST_BLOCKS = tuple(block.text for block in BLOCKS if block.text.startswith("# test_"))
CURL_BLOCKS = tuple(
    block.text
    for block in BLOCKS
    if block.language == "sh" and f"curl -s {DEFAULT_URL}" in block.text.replace("$api", DEFAULT_URL)
)
SCRIPTS = tuple(block.text for block in BLOCKS if block.language == "python" and not block.text.startswith("# "))


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server(Settings(port=0)) as running:
        yield running


def run_pytest(folder: Path, files: dict[str, str]) -> dict[str, int]:
    """The outcomes of a consumer's test suite, run by a pytest of its own in which a warning is an error."""
    for name, text in files.items():
        (folder / name).write_text(text)
    environment = {name: text for name, text in os.environ.items() if not name.startswith(("PYTEST", "STRIPE"))}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "no:asyncio", "-p", "no:cacheprovider"],
        cwd=folder,
        env={**environment, "STRIPE_SUPPRESS_NOTICES": "true"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    outcomes = {word: int(count) for count, word in re.findall(r"(\d+) (\w+)", done.stdout.splitlines()[-1])}
    assert done.returncode == 0, done.stdout + done.stderr
    return {word: count for word, count in outcomes.items() if word in ("passed", "failed", "errors", "skipped")}


def run_shell(script: str, url: str, folder: Path) -> str:
    """What a script prints, with the address of a live server in the place of the default one."""
    done = subprocess.run(
        ["bash", "-e", "-u", "-c", script.replace(DEFAULT_URL, url)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def documents(text: str) -> list[Any]:
    """The JSON documents that stand one after the other in a text."""
    found, decoder, rest = [], json.JSONDecoder(), text.strip()
    while rest:
        document, end = decoder.raw_decode(rest)
        found.append(document)
        rest = rest[end:].strip()
    return found


# --- examples ---------------------------------------------------------------------------------------------------


def test_every_example_is_of_a_kind_that_is_checked() -> None:
    assert {block.language for block in BLOCKS} == RUN | COMPARED | SHOWN
    assert README.count("```") == 2 * len(BLOCKS)
    assert (len(PYTEST_BLOCKS), len(CURL_BLOCKS), len(SCRIPTS)) == (10, 7, 2)


def test_the_pytest_examples_pass(tmp_path: Path) -> None:
    files = {text.split()[1]: text for text in PYTEST_BLOCKS}
    assert run_pytest(tmp_path, files) == {"passed": sum(text.count("\ndef test_") for text in PYTEST_BLOCKS)}


def test_the_conftest_example_changes_the_server(tmp_path: Path) -> None:
    conftest = next(block.text for block in BLOCKS if block.text.startswith("# conftest.py"))
    test = """
def test_settings(stripe_emulator):
    account = stripe_emulator.create_account(type="express")
    session = stripe_emulator.client.v1.account_sessions.create(
        {"account": account["id"], "components": {"payouts": {"enabled": True}}}
    )
    claim = stripe_emulator.claim(session.client_secret)
    assert claim.expires_at - claim.created == 600
    assert account["country"] == "DE"
"""
    examples = {text.split()[1]: text for text in PYTEST_BLOCKS}
    passed = 1 + sum(text.count("\ndef test_") for text in PYTEST_BLOCKS)
    files = {"conftest.py": conftest, "test_settings.py": test, **examples}
    assert run_pytest(tmp_path, files) == {"passed": passed}


@pytest.mark.parametrize("script", SCRIPTS)
def test_the_python_examples_run(script: str, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRIPE_SUPPRESS_NOTICES", "true")
    exec(compile(script.replace(DEFAULT_URL, server.url), "README.md", "exec"), {"__name__": "README"})


@pytest.mark.parametrize("script", CURL_BLOCKS)
def test_the_curl_examples_are_answered_without_an_error(script: str, server: Server, tmp_path: Path) -> None:
    answers = documents(run_shell(script, server.url, tmp_path))
    assert answers
    assert [answer for answer in answers if "error" in answer] == []


def test_the_claims_look_as_shown(server: Server, tmp_path: Path) -> None:
    granted, refused = (json.loads(block.text) for block in BLOCKS if block.language == "json")
    script = CURL_BLOCKS[0] + CURL_BLOCKS[0].rstrip().splitlines()[-1]
    first, second = documents(run_shell(script, server.url, tmp_path))
    assert (list(first), first["components"]) == (list(granted), granted["components"])
    assert first["expires_at"] - first["created"] == granted["expires_at"] - granted["created"]
    assert second == refused


def test_every_example_in_another_language_names_the_default_address() -> None:
    shown = [block.text for block in BLOCKS if block.language in SHOWN]
    assert [text for text in shown if "127.0.0.1" not in text or str(DEFAULT_PORT) not in text] == []


def test_the_commands_at_the_top_name_what_the_project_has() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    commands = [block.text.strip() for block in BLOCKS[:2]]
    assert commands == [
        "python3 -m venv .venv && .venv/bin/pip install . && .venv/bin/stripe-emulator",
        "python3 -m venv .venv && .venv/bin/pip install -e '.[test]' && .venv/bin/pytest",
    ]
    assert any(each.startswith(f"{SDK},") for each in project["optional-dependencies"]["test"])
    assert f"'./stripe-connect-emulator[pytest]' '{SDK}'" in README
    assert "stripe-emulator" in project["scripts"]
    assert {"test", "pytest"} <= set(project["optional-dependencies"])


def test_links_lead_somewhere() -> None:
    links = re.findall(r"\]\((?!https:)([^)#]*)(?:#([^)]+))?\)", README)
    assert links
    for name, anchor in links:
        text = (ROOT / (name or "README.md")).read_text(errors="replace")  # or an image, which only has to be there
        titles = [
            re.sub(r"[^a-z0-9 ]", "", title.lower()).replace(" ", "-") for title in re.findall(r"^#+ (.*)", text, re.M)
        ]
        assert not anchor or anchor in titles


# --- tables -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("option", fields(Settings), ids=lambda option: option.name)
def test_every_setting_is_in_the_table(option: Field[object]) -> None:
    flag = f"--{option.name.replace('_', '-')}"
    flags = f"{flag}/--no-{flag.removeprefix('--')}" if isinstance(option.default, bool) else flag
    default = {"": "unset", "True": "on", "False": "off"}.get(str(option.default), f"`{option.default}`")
    assert f"| `{flags}` | `{variable(option.name)}` | {default} | {option.metadata['help']} |\n" in README
    assert all(f"`{choice}`" in README for choice in option.metadata["choices"])


def test_every_control_route_is_in_the_table() -> None:
    routes = {f"{method} {route.path}" for route in ROUTES for method in (route.methods or ()) if method != "HEAD"}
    assert set(re.findall(r"^\| `([A-Z]+ /_emulator[^`]*)` \|", README, re.MULTILINE)) == routes


def test_every_clock_action_is_in_the_table() -> None:
    table = README.partition("| Action |")[2].partition("\n\n")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == set(ACTIONS)


def test_every_fixture_is_in_the_table() -> None:
    plugin = (ROOT / "fixtures" / "plugin.py").read_text()
    names = re.findall(r"^@pytest\.fixture.*\ndef (\w+)", plugin, re.MULTILINE)
    table = README.partition("| Fixture |")[2].partition("\n\n")[0]
    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == [
        "stripe_emulator",
        "stripe_client",
        "connect_js_route",
        "stripe_emulator_server",
        "stripe_emulator_transport",
        "stripe_emulator_key",
        "stripe_emulator_settings",
    ]
    assert sorted(names) == sorted(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE))


def test_everything_public_of_the_handle_is_in_the_table(stripe_emulator: StripeEmulator) -> None:
    table = README.partition("| Of the handle |")[2].partition("\n\n")[0]
    first_cells = " ".join(line.split(" | ")[0] for line in table.splitlines())
    named = dict(re.findall(r"`(\w+)(\([^`]*\))?`", first_cells))
    handle = type(stripe_emulator)
    public = {name for name in dir(handle) if not name.startswith("_")} | set(vars(stripe_emulator))
    assert set(named) == {name for name in public if not name.startswith("_")}
    for name, parameters in named.items():
        method = getattr(handle, name, None)
        if inspect.isfunction(method):
            shown = [part.partition("=")[0].strip(" *()") for part in parameters.split(",")]
            assert ["self", *filter(None, shown)] == list(inspect.signature(method).parameters)


def test_a_client_outside_pytest_lacks_only_what_is_said(stripe_emulator: StripeEmulator) -> None:
    public = {name for name in dir(type(stripe_emulator)) if not name.startswith("_")}
    assert public - set(dir(EmulatorClient)) == {
        "client",
        "has_faults",
        "http_client",
        "transcript",
        "unmatched_faults",
    }
