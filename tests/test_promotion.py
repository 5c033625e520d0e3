"""A generic object becomes modelled by the guide in `emulator/README.md` alone, and few files change."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from .pages import ROOT

MODULE = '''\
"""Domains that payment methods are registered for."""

from emulator.model.declaration.endpoint import Call
from emulator.model.declaration.resource import Events, Fields
from emulator.model.stored.stored import stored
from emulator.store.table import Row


def _create(_: Call, fields: Fields) -> Fields:
    return {"enabled": True, **fields}


def _validate(_: Call, __: Row[bytes], fields: Fields) -> Fields:
    return fields


PAYMENT_METHOD_DOMAINS = stored(
    "payment_method_domain",
    "pmd",
    noun="payment_method_domain",
    filters=["domain_name", "enabled"],
    create=_create,
    actions={"validate": _validate},
    events=Events(),
)
RESOURCES = (PAYMENT_METHOD_DOMAINS,)
'''
TEST = '''\
"""Domains of payment methods."""

from ...api import Api


def test_a_domain_is_registered_disabled_and_validated() -> None:
    api = Api()
    made = api.post("/v1/payment_method_domains", {"domain_name": "example.com"})
    assert made.headers["emulator-fidelity"] == "modelled"
    path = f"/v1/payment_method_domains/{made.body['id']}"
    assert api.post(path, {"enabled": "false"}).body["enabled"] is False
    assert api.post(f"{path}/validate").body["domain_name"] == "example.com"
    assert [each["id"] for each in api.get("/v1/payment_method_domains", enabled="false").body["data"]] == [made.body["id"]]
'''
NAME, MODULES_TABLE = "payment_method_domain", "emulator/resources/table.py"
FACTS = "emulator/resources/generic/facts.py"
CHECKS = ("test_architecture.py", "fidelity", "resources/generic/test_generic.py", "resources/core/test_domains.py")


def _files(folder: Path) -> dict[str, bytes]:
    found = (path for top in ("emulator", "tests", "fixtures") for path in (folder / top).rglob("*"))
    files = [path for path in (*found, *folder.glob("*.*")) if path.is_file() and "__pycache__" not in path.parts]
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def _edit(file: Path, pattern: str, replacement: str) -> None:
    text, count = re.subn(pattern, replacement, file.read_text(), count=1, flags=re.MULTILINE | re.DOTALL)
    assert count == 1, f"{file.name} has no {pattern}"
    file.write_text(text)


def _run(folder: Path, *arguments: str) -> None:
    environment = {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", *arguments]
    ran = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=120)
    assert ran.returncode == 0, ran.stdout[-4000:] + ran.stderr[-2000:]


def test_a_generic_object_becomes_modelled_in_five_files(tmp_path: Path) -> None:
    for name in ("emulator", "tests", "fixtures"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "node_modules"))
    for path in (*ROOT.glob("*.*"), ROOT / "LICENSE"):
        if path.is_file():
            shutil.copy(path, tmp_path)
    before = _files(tmp_path)

    (tmp_path / "emulator/resources/core/payment_method_domains.py").write_text(MODULE)
    (tmp_path / "tests/resources/core/test_domains.py").write_text(TEST)
    _edit(tmp_path / MODULES_TABLE, r"^MODULES = \{\n", f'MODULES = {{\n    "{NAME}": "core.payment_method_domains",\n')
    _edit(tmp_path / FACTS, rf'^    "{NAME}": Facts\(.*?\),\n(?=    "|\}})', "")
    _run(tmp_path, "tests.fidelity")
    _run(tmp_path, "pytest", "-q", "-n0", "-pno:cacheprovider", *(f"tests/{name}" for name in CHECKS))

    after = _files(tmp_path)
    assert sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name)) == [
        "FIDELITY.md",
        "emulator/resources/core/payment_method_domains.py",
        "emulator/resources/generic/facts.py",
        "emulator/resources/table.py",
        "tests/resources/core/test_domains.py",
    ]
