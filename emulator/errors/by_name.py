"""Errors by the names of their constructors, as faults name them, with arguments from JSON or from a form.

Arguments that the request itself provides may be left out: its idempotency key, its account and the like (`Request`).
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping, Sequence

from emulator.errors import CONSTRUCTORS, ErrorBody
from emulator.wire.dataclasses import dataclass
from emulator.wire.form import path_of
from emulator.wire.namedtuples import NamedTuple
from emulator.wire.path import format_path

STATUSES = range(400, 600)
SHOWN = 100
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_INTEGER = re.compile(r"-?[0-9]{1,15}\Z", re.ASCII)


class BadError(ValueError):
    """An error that cannot be made; the message says why."""


class UnknownError(BadError):
    """A name that no error has; the message suggests the nearest ones."""


class Arguments(NamedTuple):
    """The arguments that a request provides, by name."""

    method: str = ""
    path: str = ""
    key: str = ""
    account: str = ""
    redacted: str = ""


@dataclass(frozen=True, slots=True)
class NamedError:
    """An error by name. `arguments` are the given ones, converted to the types of the constructor."""

    name: str
    arguments: Mapping[str, object]

    def body(self, request: Arguments) -> ErrorBody:
        """The error as this request receives it."""
        provided = {name: text for name, text in request._asdict().items() if name in _provided_by_request(self.name)}
        return CONSTRUCTORS[self.name].make(**{**provided, **self.arguments}).body


def named_error(name: str, arguments: Mapping[str, object]) -> NamedError:
    """An error by its name, with checked arguments. Raises BadError."""
    if name not in CONSTRUCTORS:
        import difflib  # noqa: PLC0415 - of a slip only

        near = " or ".join(difflib.get_close_matches(name[:SHOWN], CONSTRUCTORS, 2))
        raise UnknownError(f"There is no error {name[:SHOWN]!r}.{f' Did you mean {near}?' if near else ''}")
    parameters = _parameters(name)
    unknown = [each for each in arguments if each not in parameters]
    if unknown:
        raise BadError(f"the error {name} has no argument {', '.join(unknown)[:SHOWN]}; it takes {_listed(name)}")
    missing = [each for each in required(name) if each not in arguments]
    if missing:
        plural = "s" if len(missing) > 1 else ""
        raise BadError(f"the error {name} needs the argument{plural} {', '.join(missing)}; it takes {_listed(name)}")
    converted = {each: _argument(name, parameters[each], value) for each, value in arguments.items()}
    found = NamedError(name, converted)
    try:
        body = found.body(Arguments())
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise BadError(f"the error {name} cannot be made of {repr(dict(arguments))[:SHOWN]}: {error}") from None
    if body.status not in STATUSES:
        raise BadError(f"the status of an error must be from 400 to 599, not {body.status}")
    if not all(text.isascii() for _, text in body.headers):
        raise BadError(f"the error {name} cannot be made of {repr(dict(arguments))[:SHOWN]}: a header is ASCII")
    return found


def required(name: str) -> list[str]:
    """The arguments that must be given."""
    given = _provided_by_request(name)
    return [each.name for each in _parameters(name).values() if each.default is each.empty and each.name not in given]


def optional(name: str) -> list[str]:
    """The arguments that may be given."""
    return [each for each in _parameters(name) if each not in required(name)]


def _listed(name: str) -> str:
    parts = [", ".join(required(name)), f"optionally {', '.join(optional(name))}" if optional(name) else ""]
    return ", and ".join(filter(None, parts)) or "none"


def _parameters(name: str) -> Mapping[str, inspect.Parameter]:
    return inspect.signature(CONSTRUCTORS[name].make).parameters


def _provided_by_request(name: str) -> list[str]:
    """The arguments that a request provides: `key` of idempotency only, `path` where it is not a parameter's."""
    names = _parameters(name)
    own = {"account", "redacted", "method"}
    if name.startswith("idempotency_"):
        own |= {"key", "path"}
    if "method" in names:
        own.add("path")
    return [each for each in names if each in own]


def _argument(name: str, parameter: inspect.Parameter, value: object) -> object:
    kind, _, none = str(parameter.annotation).partition(" | ")
    if none and value is None:
        return None
    read, what = _KINDS.get(kind, _KINDS["str"])
    found = read(value)
    if found is None or (kind == "Literal['test', 'live']" and found not in ("test", "live")):
        raise BadError(f"the argument {parameter.name} of the error {name} must be {what}, not {repr(value)[:SHOWN]}")
    return found


def _text(value: object) -> str | None:
    """Text of one line, since it may be sent in a header."""
    return value if isinstance(value, str) and not _CONTROL.search(value) else None


def _integer(value: object) -> int | None:
    return int(str(value)) if not isinstance(value, bool) and _INTEGER.match(str(value)) else None


def _boolean(value: object) -> bool | None:
    return {"true": True, "false": False}.get(str(value).lower())


def _path(value: object) -> tuple[str, ...] | None:
    """A path in brackets."""
    text = _text(value)
    path = path_of(text.replace("%", "%25")) if text else ()
    return path if path and format_path(path) else None


def _items(value: object) -> Sequence[object]:
    """A JSON list, or the hash with indexes that a form has for one."""
    return list(value.values()) if isinstance(value, Mapping) else value if isinstance(value, list) else []


def _texts(value: object) -> list[str] | None:
    found = [text for each in _items(value) if (text := _text(each)) is not None]
    return found if found and len(found) == len(_items(value)) else None


def _paths(value: object) -> list[tuple[str, ...]] | None:
    found = [path for each in _items(value) if (path := _path(each))]
    return found if found and len(found) == len(_items(value)) else None


_KINDS: Mapping[str, tuple[Callable[[object], object], str]] = {
    "str": (_text, "a text of one line"),
    "int": (_integer, "a whole number"),
    "bool": (_boolean, "true or false"),
    "ParamPath": (_path, "a parameter's name in brackets, as in a[b]"),
    "Sequence[str]": (_texts, "a list of texts"),
    "Sequence[ParamPath]": (_paths, "a list of parameters' names in brackets"),
    "Literal['test', 'live']": (_text, "test or live"),
}
