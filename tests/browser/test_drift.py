"""The table of elements and the packages: the same tags, and a button for each of their callbacks."""

from __future__ import annotations

import re

import pytest

from emulator.connect_js.elements import ELEMENTS, PREFIX
from emulator.connect_js.serving import STATIC

from ..clients import install, transcript

GA, PREVIEW = "connect-js-3.4.6", "connect-js-preview"
LISTENER = re.compile(r"\b(set(?:On|Handle)\w+): ")
COMMON = {"setOnLoadError", "setOnLoaderStart"}


def source(package: str) -> str:
    """The program of a package."""
    modules = transcript.installed(install.BROWSER) / "node_modules"
    return (modules / package / "dist" / "connect.esm.js").read_text()


def names(package: str) -> set[str]:
    """The names of a package's components."""
    listed = re.search(r"const connectElementTagNames = \[(.*?)\];", source(package), re.DOTALL)
    assert listed
    return set(re.findall(r'"([a-z-]+)"', listed[1]))


def listeners(package: str) -> dict[str, set[str]]:
    """The setters of a package that take a listener, by component."""
    table = re.search(r"const ConnectElementCustomMethodConfig = \{\n(.*?)\n\};", source(package), re.DOTALL)
    assert table
    blocks = re.findall(r'^  "?([a-z-]+)"?: \{\n(.*?)^  \}', table[1], re.DOTALL | re.MULTILINE)
    return {name: set(LISTENER.findall(block)) for name, block in blocks}


@pytest.mark.parametrize(("package", "count"), [(GA, 21), (PREVIEW, 43)])
def test_every_tag_of_the_package_is_defined(package: str, count: int) -> None:
    found = names(package)
    assert len(found) == count
    assert found - set(ELEMENTS) == set()


def test_every_element_is_in_a_package() -> None:
    assert set(ELEMENTS) - names(GA) - names(PREVIEW) == set()


@pytest.mark.parametrize("package", [GA, PREVIEW])
def test_every_callback_of_the_package_has_a_button(package: str) -> None:
    found = listeners(package)
    assert len(found) > 10
    known = {name: {callback.setter for callback in ELEMENTS[name].callbacks} for name in found}
    assert {
        name: setters - COMMON - known[name] for name, setters in found.items() if setters - COMMON - known[name]
    } == {}


def test_every_callback_is_in_a_package() -> None:
    real: dict[str, set[str]] = {}
    for package in (GA, PREVIEW):
        for name, setters in listeners(package).items():
            real.setdefault(name, set()).update(setters)
    ours = {element.name: {callback.setter for callback in element.callbacks} for element in ELEMENTS.values()}
    assert {
        name: setters - real.get(name, set()) for name, setters in ours.items() if setters - real.get(name, set())
    } == {}


def test_every_variable_of_the_appearance_is_in_the_package() -> None:
    modules = transcript.installed(install.BROWSER) / "node_modules"
    types = (modules / GA / "dist" / "exportedTypes" / "shared.d.ts").read_text()
    listed = re.search(r"AppearanceVariables = \{(.*?)^\};", types, re.DOTALL | re.MULTILINE)
    assert listed
    real = {re.sub("[A-Z]", lambda found: f"-{found[0].lower()}", name) for name in re.findall(r"(\w+)\?:", listed[1])}
    used = set(re.findall(r"--sce-([a-z-]+)", (STATIC / "connect.css").read_text()))
    assert used - real == set()
    assert len(used) > 50


def test_tags_have_the_prefix_of_the_package() -> None:
    assert ELEMENTS["payments"].tag == "stripe-connect-payments"
    assert f"`{PREFIX}${{" in source(GA) or f'"{PREFIX}"' in source(GA)
