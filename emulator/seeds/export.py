"""Exports a sandbox as a fixtures document: its change log, as requests that repeat the changes.

`params` holds the parameters as the Stripe CLI can send them; where these are not exact, the emulator's own keys
complete them (see `document`). Ids become references, so that the document also runs where objects get other ids.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping
from typing import cast
from urllib.parse import unquote

import orjson

from emulator import catalog
from emulator.catalog import versions
from emulator.model.answering import endpoints
from emulator.model.declaration.endpoint import Upload
from emulator.resources.core import contents
from emulator.sandbox.change_log import ELAPSE, STEPS, Entry, without_deleted
from emulator.sandbox.clock import wall
from emulator.sandbox.sandbox import Sandbox
from emulator.schema import spec
from emulator.seeds.encoding import form_data, json_body, resolved
from emulator.seeds.errors import SeedError
from emulator.seeds.references import Scope
from emulator.wire import form
from emulator.wire.form import Tree
from emulator.wire.json import Json, canonical
from emulator.wire.path import ParamPath, format_path, is_v2
from emulator.wire.timestamps import parse_timestamp

Fields = dict[str, Json]
UPLOADS = "/v1/files"
MOST_EXPORTED = 524_288  # bytes of a file
RECENT = 60  # seconds before a request in which a client has read its clock
HARMLESS = "/v1/account"  # the path that the Stripe CLI requests where the emulator runs a step


def document(sandbox: Sandbox) -> tuple[Fields, Iterator[Fields]]:
    """The document of a sandbox without its fixtures, and an iterator over these. Raises SeedError."""
    log = sandbox.change_log
    if log.incomplete:
        raise SeedError(f"The sandbox cannot be exported: {log.incomplete}.", "incomplete_log")
    entries = without_deleted(list(log))
    head: Fields = {"_meta": {"template_version": 0}, "_at": sandbox.clock.now()}
    if len(sandbox.sessions):
        head["_left_out"] = [f"{len(sandbox.sessions)} account sessions, whose secrets would differ"]
    small = [entry for entry in entries if not _is_large_upload(sandbox, entry)]
    if len(small) < len(entries):
        left = f"{len(entries) - len(small)} uploads of files of more than {MOST_EXPORTED} bytes"
        head["_left_out"] = [*cast("list[Json]", head.get("_left_out", [])), left]
    return head, _Exporter(sandbox).fixtures(small)


def _upload(sandbox: Sandbox, entry: Entry) -> Upload | None:
    """The file that a request uploaded."""
    if (entry.method, entry.path) != ("POST", UPLOADS):
        return None
    return contents.uploaded(sandbox, entry.account or sandbox.platform_id, _name(entry))


def _is_large_upload(sandbox: Sandbox, entry: Entry) -> bool:
    upload = _upload(sandbox, entry)
    return upload is not None and len(upload.content) > MOST_EXPORTED


class _Exporter:
    """Converts entries to fixtures. `references` maps the ids that earlier fixtures created to references."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._references: dict[str, str] = {}
        self._responses: dict[str, Json] = {}
        self._scope = Scope(self._responses, {}, sandbox.clock.now, str)

    def fixtures(self, entries: list[Entry]) -> Iterator[Fields]:
        """The fixtures of entries, in their order."""
        for entry in entries:
            name = _name(entry)
            own = self._request(entry) if entry.method else self._step(entry)
            made: Fields = {"_id": entry.made[0] if len(entry.made) == 1 else list(entry.made)} if entry.made else {}
            yield {**({"name": name} if name else {}), **own, **made, "_at": entry.at}
            for each, place in zip(entry.made, entry.places, strict=True):
                if place and not entry.refused:  # an error has no response to refer to
                    self._references[each] = f"${{{name}:{place}}}"
                    self._responses[name] = _with_id(self._responses.get(name), place.split("."), each)

    def _request(self, entry: Entry) -> Fields:
        v2 = is_v2(entry.path)
        sent = _json(entry) if v2 else cast("Fields", form.parse(entry.query, entry.body))
        params = cast("Fields", self._referring(sent))
        headers: Fields = {}
        if entry.account:
            headers["Stripe-Account"] = self._referring(entry.account)
        if entry.version != (versions.NEWEST if v2 else self._sandbox.api_version):
            headers["Stripe-Version"] = entry.version
        times = [format_path(path) for path in _times(sent, _spec(entry), min(entry.at, wall()) - RECENT)]
        return {
            "path": "/".join(str(self._referring(part)) for part in unquote(entry.path).split("/")),
            "method": entry.method.lower(),
            **({"params": params} if params else {}),
            **({"headers": headers} if headers else {}),
            **({"expected_error_type": entry.refused} if entry.refused else {}),
            **({"_params": sent} if not self._is_exact(params, sent, v2=v2) else {}),
            **({"_times": times} if times else {}),
            **({"_publishable": True} if entry.publishable else {}),
            **({"_file": _file(upload)} if (upload := _upload(self._sandbox, entry)) else {}),
        }

    def _step(self, entry: Entry) -> Fields:
        sent = cast("Fields", orjson.loads(entry.body))
        times = [name for name in STEPS[entry.path].times if name in sent]
        named: Fields = {"do": entry.path, **sent}
        step = named if entry.path == ELAPSE else self._referring(named)  # its ids are read before the others exist
        try:
            exact = resolved(step, self._scope) == named
        except SeedError:
            exact = False
        return {
            "path": HARMLESS,
            "method": "get",
            "_step": step,
            **({} if exact else {"_params": named}),
            **({"_times": times} if times else {}),
        }

    def _referring(self, node: Json) -> Json:
        """JSON with ids replaced by references."""
        if isinstance(node, str):
            return self._references.get(node, node)
        if isinstance(node, Mapping):
            return {name: self._referring(child) for name, child in node.items()}
        return [self._referring(child) for child in node] if isinstance(node, list) else node

    def _is_exact(self, params: Fields, sent: Fields, *, v2: bool) -> bool:
        """Whether the Stripe CLI would send exactly the original parameters."""
        try:
            if v2:
                return bool(orjson.loads(json_body(params, self._scope) or "{}") == sent)
            data = form_data(params, self._scope).encode()
            return canonical(form.parse(data)) == canonical(cast("Tree", sent))
        except (SeedError, form.FormError):
            return False


def _file(upload: Upload) -> Fields:
    return {"filename": upload.filename, "content": b64encode(upload.content).decode()}


def _name(entry: Entry) -> str:
    """The id of the object in a response, or of one inside it; empty if there is none."""
    shown = {place: each for each, place in zip(entry.made, entry.places, strict=True) if place}
    return shown.get("id") or next(iter(shown.values()), "")


def _json(entry: Entry) -> Fields:
    """The parameters in the body of a request to v2. Those in its query only choose the content of the response."""
    return cast("Fields", orjson.loads(entry.body.strip() or b"{}"))


def _spec(entry: Entry) -> spec.Object:
    route = catalog.route(entry.method, entry.path)
    if route is None:
        return spec.EMPTY
    endpoint = endpoints.endpoint(route.operation)
    own = endpoint.params if endpoint else None
    return own(versions.parse(entry.version)) if own else route.operation.params


def _times(node: Json, kind: spec.Type, after: int, at: ParamPath = ()) -> Iterator[ParamPath]:
    """The paths of parameters that hold a time after the given one: they are shifted when the document is loaded."""
    if isinstance(kind, spec.AnyOf):
        yield from dict.fromkeys(path for option in kind.options for path in _times(node, option, after, at))
    elif isinstance(node, Mapping):
        for name, child in node.items():
            inner = kind.params.get(name) if isinstance(kind, spec.Object) else None
            if inner is not None:
                yield from _times(child, inner.type, after, (*at, name))
            elif isinstance(kind, spec.Array):
                yield from _times(child, kind.item, after, (*at, name))
    elif isinstance(node, list):
        for place, child in enumerate(node):
            yield from _times(child, kind.item, after, (*at, str(place))) if isinstance(kind, spec.Array) else ()
    elif isinstance(kind, spec.Integer | spec.String) and _seconds(node, kind) > after:
        yield at


def _seconds(value: Json, kind: spec.Integer | spec.String) -> float:
    """A time in unix seconds, 0 for other values."""
    try:
        if isinstance(kind, spec.Integer):
            return int(str(value)) if kind.is_time else 0
        return parse_timestamp(str(value)) if kind.format == "date-time" else 0
    except ValueError:
        return 0


def _with_id(tree: Json, path: list[str], identifier: str) -> Json:
    """A response with an id at a path; only the parts that references need."""
    if not path:
        return identifier
    here = dict(tree) if isinstance(tree, Mapping) else {}
    return {**here, path[0]: _with_id(here.get(path[0]), path[1:], identifier)}
