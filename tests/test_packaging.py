"""What is shipped, and what it needs."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def test_the_lower_bounds_that_are_tested_are_those_that_are_allowed() -> None:
    allowed = dict(re.findall(r"^([a-z0-9]+)>=([0-9.]+)", "\n".join(PROJECT["project"]["dependencies"]), re.MULTILINE))
    tested = dict(re.findall(r"^([a-z0-9]+)==([0-9.]+)", (ROOT / "tests/lowest.txt").read_text(), re.MULTILINE))
    assert {name: _padded(version) for name, version in tested.items()} == {n: _padded(v) for n, v in allowed.items()}


def _padded(version: str) -> tuple[int, ...]:
    numbers = [int(part) for part in version.split(".")]
    return (*numbers, *[0] * (3 - len(numbers)))


def test_every_package_is_named() -> None:
    folders = {path.parent.relative_to(ROOT) for path in (ROOT / "emulator").rglob("*.py")}
    named = set(PROJECT["tool"]["setuptools"]["packages"]) - {"emulator_fixtures"}
    assert {".".join(folder.parts) for folder in folders} == named


def test_the_wheel_holds_the_code_and_the_data_and_nothing_else(tmp_path: Path) -> None:
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "wheel",
            "-q",
            "--no-deps",
            "--no-build-isolation",
            "-w",
            str(tmp_path),
            str(_copy(tmp_path)),
        ],
        check=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    data = {f"emulator/catalog/data/{path.name}" for path in (ROOT / "emulator/catalog/data").glob("*.json")}
    data |= {f"emulator_fixtures/seeds/{path.name}" for path in (ROOT / "fixtures/seeds").glob("*.json")}
    assert {"emulator/py.typed", "emulator_fixtures/plugin.py", "emulator_fixtures/py.typed", *data} <= names
    assert {name.split("/")[0].removesuffix(".dist-info") for name in names} == {
        "emulator",
        "emulator_fixtures",
        wheel.name.split("-py3")[0],
    }


def _copy(folder: Path) -> Path:
    """The sources alone, so that building leaves nothing in this folder."""
    copy = folder / "source"
    tracked = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for name in tracked.stdout.splitlines():
        if name.startswith(("emulator/", "fixtures/", "pyproject", "README", "LICENSE")) and (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            (copy / name).write_bytes((ROOT / name).read_bytes())
    return copy
