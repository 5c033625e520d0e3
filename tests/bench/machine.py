"""The machine that the numbers were measured on."""

from __future__ import annotations

import os
import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGES = ("uvicorn", "starlette", "uvloop", "httptools", "orjson")


def facts(generator: str) -> dict[str, str]:
    """Cores, versions, the load generator, and how busy the machine was before anything was measured."""
    return {
        "machine": f"{os.cpu_count()} cores, {_processor()}, {platform.system()} {platform.release()}",
        "Python": f"{platform.python_implementation()} {platform.python_version()} ({sys.platform})",
        "versions": ", ".join(f"{name} {_version(name)}" for name in PACKAGES),
        "load generator": generator,
        "load average at the start": load_average(),
    }


def load_average() -> str:
    """The load averages of one, five and fifteen minutes, if the system provides them."""
    return " ".join(f"{load:.2f}" for load in os.getloadavg()) if hasattr(os, "getloadavg") else "unknown"


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.processor() or platform.machine()


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
