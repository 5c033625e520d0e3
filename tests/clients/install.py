"""Installs the clients that the tests run as processes: `python -m tests.clients.install`.

They go to `.cache/clients/`, and stay there until their versions in `package.json` or `requirements.txt` change.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).parent
CACHE = HERE.parents[1] / ".cache" / "clients"
COMMAND = "python -m tests.clients.install"
PYTHON = "python"
NODE = "node"
NODE_7 = "node-7"
BROWSER = "browser"
CLI = "cli"
LISTS = {
    PYTHON: HERE / "requirements.txt",
    NODE: HERE / "package.json",
    NODE_7: HERE / "node-7" / "package.json",
    BROWSER: HERE.parent / "browser" / "package.json",
    CLI: HERE / "cli" / "package.json",
}
PIP = (sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check", "-t", ".", "-r", "requirements.txt")
NPM = ("npm", "install", "--silent", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts")
INSTALLERS: dict[str, Sequence[str]] = {PYTHON: PIP, NODE: NPM, NODE_7: NPM, BROWSER: NPM, CLI: NPM}


def is_installed(language: str) -> bool:
    """Whether the very clients of a language's list are there, completely."""
    done = CACHE / language / "installed"
    return done.is_file() and done.read_bytes() == LISTS[language].read_bytes()


def install(language: str) -> None:
    """Installs the clients of a language into an empty folder, unless they are there. Raises CalledProcessError."""
    if is_installed(language):
        return
    target, wanted = CACHE / language, LISTS[language]
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    shutil.copy(wanted, target)
    subprocess.run(INSTALLERS[language], cwd=target, check=True)
    (target / wanted.name).rename(target / "installed")


def main() -> None:
    """Installs the clients of every language."""
    for language in INSTALLERS:
        install(language)


if __name__ == "__main__":
    main()
