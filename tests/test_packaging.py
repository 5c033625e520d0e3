"""The content of the wheel, its packages, and the lower bounds of its dependencies."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())

DEVELOPMENT = "emulator/catalog/generator/"  # needs the OpenAPI document, and is of no use to a user
DOCUMENTATION = {".md", ".toml"}  # pages beside the code, and the tables that they are generated from
BUILT_WITH = ("pyproject.toml", "README.md", "LICENSE")


def test_the_lower_bounds_that_are_tested_are_those_that_are_allowed() -> None:
    project = PROJECT["project"]
    required = "\n".join(project["dependencies"] + project["optional-dependencies"]["tls"])
    allowed = dict(re.findall(r"^([a-z0-9]+)>=([0-9.]+)", required, re.MULTILINE))
    tested = dict(re.findall(r"^([a-z0-9]+)==([0-9.]+)", (ROOT / "tests/lowest.txt").read_text(), re.MULTILINE))
    assert {name: _padded(version) for name, version in tested.items()} == {n: _padded(v) for n, v in allowed.items()}


def _padded(version: str) -> tuple[int, ...]:
    numbers = [int(part) for part in version.split(".")]
    return (*numbers, *[0] * (3 - len(numbers)))


def test_every_folder_is_named_as_a_package() -> None:
    folders = {path.parent for name in ("emulator", "fixtures") for path in _sources(name)}
    names = {".".join(folder.relative_to(ROOT).parts).replace("fixtures", "emulator_fixtures", 1) for folder in folders}
    assert names == set(PROJECT["tool"]["setuptools"]["packages"]), "packages of [tool.setuptools] in pyproject.toml"


def test_the_wheel_holds_the_code_and_the_data_and_nothing_else(tmp_path: Path) -> None:
    pip = [sys.executable, "-m", "pip", "wheel", "-v", "--no-deps", "--no-build-isolation", "-w", str(tmp_path)]
    # A build that is measured would count the copies of the sources as sources.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    done = subprocess.run([*pip, str(_copy(tmp_path))], capture_output=True, text=True, check=True, env=environment)
    assert "would be ignored" not in done.stdout + done.stderr  # setuptools' word of data that it will leave out
    (wheel,) = tmp_path.glob("*.whl")
    names = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    sources = [*_sources("emulator"), *_sources("fixtures")]
    paths = [path.relative_to(ROOT).as_posix() for path in sources if path.suffix not in DOCUMENTATION]
    assert names == {path.replace("fixtures/", "emulator_fixtures/", 1) for path in paths}


def _sources(folder: str) -> list[Path]:
    """The files of a folder that are the project's."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", folder], cwd=ROOT, capture_output=True, text=True, check=True
    )
    paths = (ROOT / name for name in listed.stdout.splitlines() if not name.startswith(DEVELOPMENT))
    return [path for path in paths if path.is_file()]


def _copy(folder: Path) -> Path:
    """The sources alone, so that building leaves nothing in this folder."""
    copy = folder / "source"
    for path in [*_sources("emulator"), *_sources("fixtures"), *(ROOT / name for name in BUILT_WITH)]:
        target = copy / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    return copy
