"""Converts Stripe's OpenAPI document to the format of the data files, without its descriptions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from emulator.catalog.format import Fields, Node
from emulator.catalog.generator.additions import ORDERS

Document: TypeAlias = Mapping[str, Any]
"""An OpenAPI document, or any part of one."""

BODIES = {
    "application/x-www-form-urlencoded": "form",
    "application/json": "json",
    "multipart/form-data": "multipart",
}
_LIST = {"object", "data", "has_more", "url"}
_REF = "#/components/schemas/"
_ORDERS = {frozenset(words): words for words in ORDERS}


def each_operation(document: Document) -> Iterator[tuple[str, str, Document]]:
    """`(METHOD, path template, operation)`, in the document's order."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def body_kind(method: str, operation: Document) -> str:
    """The encoding of the parameters. The document gives GET operations an empty form, which counts as no body."""
    content = operation.get("requestBody", {}).get("content", {})
    return "none" if method == "GET" or not content else BODIES[next(iter(content))]


def params(operation: Document) -> Fields:
    """All parameters of an operation except those of its path."""
    query = [parameter for parameter in operation.get("parameters", ()) if parameter["in"] == "query"]
    fields = {_param_key(each["name"], each["schema"], each["required"]): _param(each["schema"]) for each in query}
    for media in operation.get("requestBody", {}).get("content", {}).values():
        fields |= _param_fields(media["schema"])
    return fields


def response(operation: Document) -> Node:
    """The response with status 200."""
    (media,) = operation["responses"]["200"]["content"].values()
    return shape(media["schema"])


def _param_fields(schema: Document) -> Fields:
    required = schema.get("required", ())
    properties = schema["properties"]
    return {_param_key(name, each, name in required): _param(each) for name, each in properties.items()}


def _param_key(name: str, schema: Document, required: bool) -> str:
    return name + "!" * required + "?" * _clearable(schema)


def _clearable(schema: Document) -> bool:
    return "" in schema.get("enum", ()) or any(_is_empty(option) for option in schema.get("anyOf", ()))


def _is_empty(schema: Document) -> bool:
    return bool(schema.get("enum") == [""])


def _param(schema: Document) -> Node:
    """The type of a named parameter. Whether it may be empty is a mark of its key."""
    if "anyOf" in schema:
        return _one_of([_value(option) for option in schema["anyOf"] if not _is_empty(option)])
    return _value({**schema, "enum": [word for word in schema["enum"] if word]} if "enum" in schema else schema)


def _value(schema: Document) -> Node:
    """The type of a value anywhere in a request."""
    if "anyOf" in schema:
        return _one_of([_value(option) for option in schema["anyOf"]])
    if schema["type"] == "array":
        return [_value(schema["items"])]
    if schema["type"] != "object":
        return _scalar(schema)
    return _param_fields(schema) if "properties" in schema else {"*": _value(schema["additionalProperties"])}


def shape(schema: Document) -> Node:
    """The shape of a value anywhere in a response."""
    if "$ref" in schema:
        return "@" + _name(schema)
    if "x-expansionResources" in schema:
        return "expandable " + "|".join(map(_name, schema["x-expansionResources"]["oneOf"]))
    if "anyOf" in schema:
        return _one_of([shape(option) for option in schema["anyOf"]])
    if schema["type"] == "array":
        return [shape(schema["items"])]
    return _hash(schema) if schema["type"] == "object" else _scalar(schema)


def _hash(schema: Document) -> Node:
    if "properties" in schema:
        return _list(schema) if _is_list(schema) else _properties(schema)
    return {"*": shape(schema["additionalProperties"])} if "additionalProperties" in schema else "object"


def _is_list(schema: Document) -> bool:
    properties = schema["properties"]
    return set(properties) == set(schema.get("required", ())) == _LIST and properties["object"]["enum"] == ["list"]


def _list(schema: Document) -> Node:
    properties = schema["properties"]
    pattern = properties["url"].get("pattern", "")
    return {"list of": shape(properties["data"]["items"])} | ({"at": pattern.removeprefix("^")} if pattern else {})


def _properties(schema: Document) -> Fields:
    return {_property_key(name, each, schema): shape(each) for name, each in schema["properties"].items()}


def _property_key(name: str, schema: Document, holder: Document) -> str:
    required = name in holder.get("required", ())
    listed = name in holder.get("x-expandableFields", ()) and "x-expansionResources" not in schema
    return name + "!" * required + "?" * bool(schema.get("nullable")) + "+" * listed


def _scalar(schema: Document) -> str:
    kind = schema["type"]
    if "enum" in schema:
        return _enum(kind, schema)
    if kind == "integer":
        return "timestamp" if schema.get("format") == "unix-time" else "integer"
    return _text(schema) if kind == "string" else str(kind)


def _enum(kind: str, schema: Document) -> str:
    if kind == "boolean":
        (value,) = schema["enum"]
        return f"constant {value}".lower()
    words: Iterable[str] = _ORDERS.get(frozenset(schema["enum"])) or schema["enum"]
    return ("enum? " if schema.get("x-stripeBypassValidation") else "enum ") + "|".join(words)


def _text(schema: Document) -> str:
    longest = schema.get("maxLength")
    return "string" + (f":{schema['format']}" if "format" in schema else "") + (f" {longest}" if longest else "")


def _one_of(options: list[Node]) -> Node:
    return options[0] if len(options) == 1 else {"|": options}


def _name(schema: Document) -> str:
    return str(schema["$ref"]).removeprefix(_REF)
