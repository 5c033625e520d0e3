"""The object, the verb and the parent of every operation, derived from the document's paths and responses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from emulator.catalog.format import Node
from emulator.catalog.generator import document
from emulator.catalog.generator.document import Document
from emulator.wire.namedtuples import NamedTuple

NONE = "-"
_DELETED = "deleted_"
_TEMPLATE = re.compile(r"\{[^}]+\}")
# A bank account is verified as such, but retrieved as one of many kinds of payment source.
_POLYMORPHIC = ("payment_source", "bank_account")


class Role(NamedTuple):
    """The verb of an operation and the objects that it is about.

    `verb` is `create`, `retrieve`, `update`, `delete`, `list`, `search`, `show` (an object without an id), or the name
    of an action, such as `capture`. `object` is the one that it responds with or lists; `parent` the one that the path
    begins with. Either is `-` where there is none.
    """

    verb: str
    object: str
    parent: str


UNKNOWN = Role(NONE, NONE, NONE)
"""The role of an operation that the document lacks."""

_DESTINATION = "v2.core.event_destination"
_ITEM = "subscription_item"
# A ping responds with the event that it sends. The document has no usage records any more.
_EXCEPTIONS = {
    "PostV2CoreEventDestinationsIdPing": Role("ping", _DESTINATION, _DESTINATION),
    "PostSubscriptionItemsIdUsageRecords": Role("create", "usage_record", _ITEM),
    "GetSubscriptionItemsIdUsageRecordSummaries": Role("list", "usage_record_summary", _ITEM),
}


def roles(api: Document) -> Mapping[str, Role]:
    """The role of every operation, by its id."""
    return {**_Roles(api).roles, **_EXCEPTIONS}


class _Roles:
    def __init__(self, api: Document) -> None:
        operations = [
            (method, _TEMPLATE.sub("{}", path), each["operationId"], document.response(each))
            for method, path, each in document.each_operation(api)
        ]
        self._posted = {path: _object(response) for method, path, _, response in operations if method == "POST"}
        self._shown = {path for method, path, _, response in operations if method == "GET" and not _is_list(response)}
        # The object behind a path that ends with a template, such as `/v1/customers/{}`; a GET names it best.
        got = {path: _object(response) for method, path, _, response in operations if method == "GET"}
        self._single = {path: name for path, name in {**self._posted, **got}.items() if path.endswith("{}")}
        self.roles = {name: self._role(method, path, response) for method, path, name, response in operations}

    def _role(self, method: str, path: str, response: Node) -> Role:
        head, template, rest = path.partition("{}")
        parent = self._find(head + template) if template and rest else NONE
        if method == "DELETE":
            return Role("delete", self._single.get(path, _object(response)), parent)
        if method == "POST":
            name = _object(response)
            return Role(self._writing(path, name), name, parent)
        verb = _reading(path, response)
        # A list may hold objects of several kinds, whose common name is that of one of them.
        name = self._single.get(f"{path}/{{}}", _object(response)) if verb == "list" else _object(response)
        return Role(verb, name, parent)

    def _writing(self, path: str, name: str) -> str:
        if path.endswith("{}") or path in self._shown:
            return "update"
        above, _, last = path.rpartition("/")
        head, template, _ = path.rpartition("{}")
        acted_on = self._find(head + template)
        same_object = name in (acted_on, self._find(f"{above}/{{}}"), self._posted.get(above))
        return last if same_object or (acted_on, name) == _POLYMORPHIC else "create"

    def _find(self, path: str) -> str:
        return self._single.get(path, self._single.get(path.replace("/v1/test_helpers", "/v1", 1), NONE))


def _reading(path: str, response: Node) -> str:
    if path.endswith("{}"):
        return "retrieve"
    if path.endswith("/search"):
        return "search"
    return "list" if _is_list(response) else "show"


def _is_list(response: Node) -> bool:
    return isinstance(response, dict) and not {"list of", "data", "data!"}.isdisjoint(response)


def _object(response: Node) -> str:
    return next(_names(response), NONE)


def _names(node: Node) -> Iterator[str]:
    """The schemas that a response names, nearest first; a deleted stub counts as its object."""
    if isinstance(node, str):
        if node.startswith("@"):
            yield node[1:].removeprefix(_DELETED)
        return
    for child in node if isinstance(node, list) else node.values():
        yield from _names(child)
