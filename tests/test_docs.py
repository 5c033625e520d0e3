"""The documentation is true: its examples run, its tables are complete."""

from __future__ import annotations

import inspect
import json
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import Field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from emulator.catalog.versions import parse
from emulator.client import EmulatorClient
from emulator.control.app import ROUTES
from emulator.control.endpoints import faults
from emulator.control.endpoints.clock import ACTIONS
from emulator.errors import CONSTRUCTORS
from emulator.model.declaration import versions
from emulator.packages import PACKAGES
from emulator.schema.shape import Object
from emulator.seeds import document
from emulator.server import Server
from emulator.settings import Settings, variable

from . import pages
from .pages import BLOCKS, CONTROL, PAGES, PYTEST, README, ROOT

if TYPE_CHECKING:
    from fixtures.handle import SDK, StripeEmulator
else:
    from emulator_fixtures.handle import SDK

# How the examples of each language are tested: they are run, compared with the output of others, or read by a test.
RUN, COMPARED, READ = {"python", "sh", "js"}, {"json", "text"}, {"yaml", "html"}
PYTEST_BLOCKS = {block.name: block.text for block in BLOCKS if re.fullmatch(r"test_\w+\.py", block.name)}
OTHER_FILES = {block.name for block in BLOCKS if block.name} - PYTEST_BLOCKS.keys()
SCRIPTS = tuple(block for block in BLOCKS if block.language == "python" and not block.text.startswith("# "))
# Examples for a shell that send no request: a test of them starts, installs or builds something else.
COMMANDS = {
    "python3 -m venv .venv && .venv/bin/pip install . && .venv/bin/stripe-emulator",
    "python3 -m venv .venv && .venv/bin/pip install -e '.[test]' && .venv/bin/pytest",
    f"pip install './stripe-connect-emulator[pytest]' '{SDK}'",
    "stripe-emulator --key-pairs pk_test_A=sk_test_B",
    # Run by tests/test_run.py.
    "stripe-emulator run -- sh -c 'curl -s $STRIPE_API_BASE/v1/balance -u $STRIPE_SECRET_KEY:'",
    'eval "$(_STRIPE_EMULATOR_COMPLETE=bash_source stripe-emulator)"',
    "docker compose up --detach --wait",
    ".venv/bin/python -m tests.clients.install",
}
# Test modules that run examples which are files, by name.
RUNNERS = (
    "tests/test_docs.py",
    "tests/fixtures/test_backends.py",
    "tests/browser/test_examples.py",
    "tests/browser/test_stripe_js.py",
    "tests/clients/test_sdk_node.py",
)
PAGES_WITH_CURL = sorted({block.page for block in BLOCKS if pages.sends(block)})


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server(Settings(port=0)) as running:
        yield running


# --- examples ---------------------------------------------------------------------------------------------------


def test_every_example_is_of_a_kind_that_is_checked() -> None:
    assert {block.language for block in BLOCKS} == RUN | COMPARED | READ
    for page, text in PAGES.items():
        assert text.count("```") == 2 * len(pages.of(page)), page


def test_every_example_that_is_a_file_is_run_by_a_test() -> None:
    runners = "".join((ROOT / name).read_text() for name in RUNNERS)
    assert [name for name in sorted(OTHER_FILES) if f'"{name}"' not in runners] == []
    assert [block for block in BLOCKS if block.language == "js" and not block.name] == []
    assert len({block.name for block in BLOCKS if block.name}) == sum(bool(block.name) for block in BLOCKS)


def test_every_command_is_one_of_the_project() -> None:
    shown = {
        block.text.strip() for block in BLOCKS if block.language == "sh" and not block.name and not pages.sends(block)
    }
    hashes = {text for text in shown if text.startswith("# The HASH")}  # run by tests/browser/test_examples.py
    assert shown - hashes == COMMANDS
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert any(each.startswith(f"{SDK},") for each in project["optional-dependencies"]["test"])
    assert "stripe-emulator" in project["scripts"]
    extras = {
        name for text in PAGES.values() for names in re.findall(r"\[([a-z,]+)\]'", text) for name in names.split(",")
    }
    assert extras == {"test", "pytest", "tls"} <= set(project["optional-dependencies"])


def test_every_module_that_is_run_exists() -> None:
    named = {name for text in PAGES.values() for name in re.findall(r"python -m ((?:tests|emulator)[\w.]*)", text)}
    assert named >= {"tests.bench", "tests.bench.fuzz", "tests.bench.soak", "tests.fidelity", "tests.clients.install"}
    for name in named:
        path = ROOT.joinpath(*name.split("."))
        assert path.with_suffix(".py").exists() or (path / "__main__.py").exists(), name


def run_pytest(folder: Path, files: dict[str, str]) -> dict[str, int]:
    """The outcomes of a consumer's test suite, run by a pytest of its own in which a warning is an error."""
    for name, text in files.items():
        (folder / name).write_text(text)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "no:asyncio", "-p", "no:cacheprovider"],
        cwd=folder,
        env=pages.environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    outcomes = {word: int(count) for count, word in re.findall(r"(\d+) (\w+)", done.stdout.splitlines()[-1])}
    assert done.returncode == 0, done.stdout + done.stderr
    return {word: count for word, count in outcomes.items() if word in ("passed", "failed", "errors", "skipped")}


# The test of a backend in another process has a conftest.py of its own: tests/fixtures/test_backends.py.
EXAMPLES = {name: text for name, text in PYTEST_BLOCKS.items() if name != "test_shop.py"}
TESTS = sum(text.count("\ndef test_") for text in EXAMPLES.values())


def test_the_pytest_examples_pass(tmp_path: Path) -> None:
    assert len(EXAMPLES) >= 9
    assert run_pytest(tmp_path, EXAMPLES) == {"passed": TESTS}


def test_the_pytest_examples_pass_with_both_examples_of_a_conftest(tmp_path: Path) -> None:
    test = """
def test_settings(stripe_emulator):
    account = stripe_emulator.create_account(type="express")
    session = stripe_emulator.client.v1.account_sessions.create(
        {"account": account["id"], "components": {"payouts": {"enabled": True}}}
    )
    claim = stripe_emulator.claim(session.client_secret)
    assert claim.expires_at - claim.created == 600
    assert account["country"] == "DE"
    assert type(stripe_emulator.http_client).__name__ == "InProcess"
"""
    conftest = pages.file("conftest.py") + pages.file("conftest.py (in-process)")
    assert run_pytest(tmp_path, {"conftest.py": conftest, "test_settings.py": test, **EXAMPLES}) == {
        "passed": TESTS + 1
    }


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda block: block.page)
def test_the_python_examples_run(script: pages.Block, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRIPE_SUPPRESS_NOTICES", "true")
    exec(compile(script.text.replace(pages.DEFAULT_URL, server.url), script.page, "exec"), {"__name__": script.page})


@pytest.mark.parametrize("page", PAGES_WITH_CURL)
def test_the_curl_examples_of_a_page_print_what_is_shown(page: str, tmp_path: Path) -> None:
    """Each page from top to bottom in one shell; the block after an example is its output."""
    blocks = pages.of(page)
    scripts = [block for block in blocks if pages.sends(block)]
    with Server(Settings(port=0)) as server:
        outputs = pages.run(scripts, server.url, tmp_path)
    for script, printed in zip(scripts, outputs, strict=True):
        following = blocks[blocks.index(script) + 1 :][:1]
        if following and following[0].language == "json":
            assert pages.differences(json.loads(following[0].text), pages.documents(printed)[-1], script.text) == []
        elif following and following[0].language == "text":
            assert re.sub(r"\d{10}", "*", printed.strip()) == re.sub(r"\d{10}", "*", following[0].text.strip())
        else:
            assert '"error": {' not in printed, script.text


def test_the_example_of_an_error_is_one_that_faults_can_name(server: Server) -> None:
    exec(pages.file("emulator/errors/accounts.py (an error)"), {"__name__": "example"})
    try:
        fault = {"error": "account_busy", "arguments": {"account": "acct_123"}}
        response = httpx.post(f"{server.url}/_emulator/faults", json=fault, auth=("sk_test_errors", ""))
        assert response.json()["effect"]["message"] == "The account acct_123 is being changed by another request."
        assert CONSTRUCTORS["account_busy"].sureness == "official; words: our choice"
    finally:
        del CONSTRUCTORS["account_busy"]


def test_the_example_of_a_version_change_applies_before_its_version() -> None:
    exec(pages.file("emulator/resources/payments/old_payments.py (a version change)"), {"__name__": "example"})
    added = versions.CHANGES[-1]
    try:
        shown: Any = versions.at_version(parse("2024-04-10"), {"object": "charge"})
        assert "quote" in shown
        older, newer = (versions.schema(parse(name), "charge") for name in ("2024-04-10", "2024-06-20"))
        assert isinstance(older, Object)
        assert isinstance(newer, Object)
        assert older.properties["quote"].expandable
        assert "quote" not in newer.properties
    finally:
        versions.CHANGES.remove(added)
        versions.changes_of.cache_clear()


def test_a_second_claim_is_refused_as_shown(server: Server, tmp_path: Path) -> None:
    granted, refused = (json.loads(block.text) for block in pages.of(README, "json"))
    (block,) = [block for block in pages.of(README) if pages.sends(block) and "connect/claim" in block.text]
    twice = block._replace(text=block.text + block.text.rstrip().splitlines()[-1])
    first, second = pages.documents(pages.run([twice], server.url, tmp_path)[0])
    assert pages.differences(granted, first) == []
    assert first["expires_at"] - first["created"] == granted["expires_at"] - granted["created"]
    assert second == refused


def test_a_comparison_notices_what_differs() -> None:
    shown = {"id": "acct_123456789", "at": 1795477356, "list": ["a", "..."], "...": "...", "n": 1}
    actual = {"id": "acct_987654321abc", "at": 1895477356, "list": ["a", "b"], "other": None, "n": 1}
    assert pages.differences(shown, actual) == []
    for name, value in {"id": "evt_987654321abc", "at": 7, "list": ["b"], "n": True}.items():
        assert pages.differences(shown, {**actual, name: value}), name
    assert pages.differences({"a": 1}, {"a": 1, "b": 2}) == [": the keys are ['a', 'b'], not ['a']"]


def test_the_report_of_a_failed_test_looks_as_shown(pytester: pytest.Pytester) -> None:
    (shown,) = [block.text for block in pages.of(PYTEST, "text")]
    pytester.makepyfile("import stripe\ndef test_x(stripe_emulator): stripe.Account.retrieve('acct_none')")
    printed = pytester.runpytest_subprocess("-p", "no:cacheprovider", "-W", "ignore").stdout.str()
    lines = [line.strip("- ") for line in pages.stable(printed).splitlines()]
    assert [line for line in pages.stable(shown).splitlines() if line.strip("- ") not in lines] == []


def test_links_lead_somewhere() -> None:
    for page, content in PAGES.items():
        for name, anchor in re.findall(r"\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)", content):
            text = ((ROOT / page).parent / name).read_text(errors="replace") if name else content
            titles = [
                re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in re.findall(r"^#+ (.*)", text, re.M)
            ]
            assert not anchor or anchor in titles, (page, name, anchor)


def test_every_path_in_the_project_that_is_named_exists() -> None:
    for page, text in PAGES.items():
        for name in re.findall(r"`((?:emulator|fixtures|tests)/[\w./-]*|\.ci/run|pyproject\.toml)`", text):
            assert (ROOT / name).exists(), (page, name)


def test_the_readme_is_short_and_names_every_page() -> None:
    assert len(PAGES[README].splitlines()) <= 300
    named = {name for name, _ in re.findall(r"\]\((?!https?:)([^)#]+)(#[^)]+)?\)", PAGES[README])}
    assert named >= PAGES.keys() - {README}


@pytest.mark.parametrize("option", fields(Settings), ids=lambda option: option.name)
def test_every_setting_is_in_the_table(option: Field[object]) -> None:
    flag = f"--{option.name.replace('_', '-')}"
    flags = f"{flag}/--no-{flag.removeprefix('--')}" if isinstance(option.default, bool) else flag
    default = {"": "unset", "True": "on", "False": "off"}.get(str(option.default), f"`{option.default}`")
    assert f"| `{flags}` | {default} | {option.metadata['help']} |\n" in PAGES[README]
    assert all(f"`{choice}`" in PAGES[README] for choice in option.metadata["choices"])
    assert variable(option.name) == f"STRIPE_EMULATOR_{flag.removeprefix('--').replace('-', '_').upper()}"


def test_every_sdk_of_the_banner_is_in_the_table() -> None:
    names = [cells[0] for cells in pages.table(README, "SDK")]
    assert names == ["Python", "Node.js", "Ruby", "PHP", "Go", "Java", ".NET"]
    assert all("127.0.0.1" in cells[1] and "12111" in cells[1] for cells in pages.table(README, "SDK"))


def test_every_control_route_has_a_section() -> None:
    routes = {f"{method} {route.path}" for route in ROUTES for method in (route.methods or ()) if method != "HEAD"}
    sections = set(re.findall(r"^### ([A-Z]+ /_emulator\S*)$", PAGES[CONTROL], re.MULTILINE))
    assert sections == routes


def test_every_field_of_a_route_is_in_its_section(server: Server) -> None:
    """Routes that refuse unknown fields name the known ones."""
    sections = dict(re.findall(r"^### ([A-Z]+ /_emulator\S*)\n(.*?)(?=^##)", PAGES[CONTROL], re.MULTILINE | re.DOTALL))
    known: dict[str, list[str]] = {"POST /_emulator/faults": list(faults.FIELDS)}
    with httpx.Client(base_url=server.url, auth=("sk_test_123", "")) as client:
        for name in sections:
            method, path = name.split()
            unknown = {"params": {"x": "1"}} if method == "GET" else {"json": {"x": 1}}
            if method in ("GET", "POST") and not path.endswith("/stream"):
                error = client.request(method, path, **unknown).text
                found = re.search(
                    r'"code": "(?:unknown_field|invalid_filter)".*"hint": "(?:It has|Filter by) ([a-z_, ]+)[.;]',
                    error,
                    re.DOTALL,
                )
                known |= {name: found[1].split(", ")} if found and found[1] != "no fields" else {}
    assert len(known) > 12
    missing = [
        f"{name}: {field}" for name, fields in known.items() for field in fields if f"`{field}`" not in sections[name]
    ]
    assert missing == []


def test_every_error_of_the_control_api_is_on_its_page() -> None:
    sources = "".join(path.read_text() for path in (ROOT / "emulator/control").rglob("*.py"))
    codes = set(re.findall(r"(?:ControlError\(\s*\d+,|error_body\()\s*\"(\w+)\"", sources))
    assert len(codes) > 20
    assert [code for code in sorted(codes) if f"`{code}`" not in PAGES[CONTROL]] == []


def test_every_own_field_of_a_fixture_is_in_the_table() -> None:
    names = re.findall(r"^    (_\w+) ", document.__doc__ or "", re.MULTILINE)
    assert "_id" in names
    assert [cells[0].strip("`") for cells in pages.table(CONTROL, "Own field of a fixture")] == names


def test_every_clock_action_is_in_the_table() -> None:
    assert [cells[0] for cells in pages.table(CONTROL, "Action")] == [f"`{name}`" for name in ACTIONS]


def test_every_fixture_is_in_the_table() -> None:
    plugin = (ROOT / "fixtures" / "plugin.py").read_text()
    names = re.findall(r"^@pytest\.fixture.*\ndef (\w+)", plugin, re.MULTILINE)
    assert sorted(names) == sorted(cells[0].strip("`") for cells in pages.table(PYTEST, "Fixture"))


def test_everything_public_of_the_handle_is_in_the_table(stripe_emulator: StripeEmulator) -> None:
    named = dict(
        re.findall(r"`(\w+)(\([^`]*\))?`", " ".join(cells[0] for cells in pages.table(PYTEST, "Of the handle")))
    )
    handle = type(stripe_emulator)
    public = {name for name in dir(handle) if not name.startswith("_")} | set(vars(stripe_emulator))
    assert set(named) == {name for name in public if not name.startswith("_")}
    for name, parameters in named.items():
        method = getattr(handle, name, None)
        if inspect.isfunction(method):
            shown = [part.partition("=")[0].strip(" *()") for part in parameters.split(",")]
            assert ["self", *filter(None, shown)] == list(inspect.signature(method).parameters)


@pytest.mark.parametrize("name", ["webhooks", "browser"])
def test_everything_public_of_its_parts_is_in_a_table(stripe_emulator: StripeEmulator, name: str) -> None:
    (page,) = [page for page, text in PAGES.items() if f"| Of `{name}` |" in text]
    cells = " ".join(row[0] for row in pages.table(page, f"Of `{name}`"))
    public = {each for each in dir(type(getattr(stripe_emulator, name))) if not each.startswith("_")}
    assert set(re.findall(r"`(\w+)", cells)) == public


def test_a_client_outside_pytest_lacks_only_what_is_said(stripe_emulator: StripeEmulator) -> None:
    public = {name for name in dir(type(stripe_emulator)) if not name.startswith("_")}
    lacking = {"client", "has_faults", "http_client", "transcript", "unmatched_faults"}
    assert public - set(dir(EmulatorClient)) == lacking
    sentence = PAGES[PYTEST].partition("Outside pytest,")[2].partition(". ")[0]
    assert set(re.findall(r"`(\w+)(?:\(\))?`", sentence)) == lacking


def test_every_package_is_on_the_map_in_order() -> None:
    table = [(cells[0].strip("`"), cells[1]) for cells in pages.table("emulator/README.md", "Package")]
    assert table == [*PACKAGES.items()], "the table of emulator/README.md is that of emulator/packages.py"


def test_every_folder_of_tests_is_named() -> None:
    rows = " ".join(cells[0] for cells in pages.table("tests/README.md", "Folder or file"))
    named = set(re.findall(r"`([\w.]+)`", rows))
    here = Path(__file__).parent
    folders = {path.name for path in here.iterdir() if path.is_dir() and any(path.glob("*.py"))}
    own = {name for name in folders if not (ROOT / "emulator" / name / "__init__.py").exists()}
    assert named == own | {path.name for path in here.glob("test_*.py")}


def test_the_commands_of_the_tests_page_have_these_options() -> None:
    commands = re.findall(r"^\| `\.venv/bin/python -m (tests\.bench[^`]*)`", PAGES["tests/README.md"], re.M)
    assert len(commands) == 4
    for command in commands:
        module, *options = shlex.split(command)
        helped = subprocess.run(
            [sys.executable, "-m", module, "--help"], cwd=ROOT, capture_output=True, text=True, check=True
        )
        assert [option for option in options if option.startswith("--") and option not in helped.stdout] == []
