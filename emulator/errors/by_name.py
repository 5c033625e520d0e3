"""Errors by the names of their constructors, as faults name them, with arguments from JSON or from a form.

What a request knows of itself need not be told: its idempotency key, its account and the like (`Request`).
"""

from __future__ import annotations

import difflib
import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from emulator import errors
from emulator.errors import ErrorBody, StripeError
from emulator.wire.form import path_of
from emulator.wire.path import format_path

STATUSES = range(400, 600)
SHOWN = 100
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_WHOLE = re.compile(r"-?[0-9]{1,15}\Z", re.ASCII)


class BadError(ValueError):
    """An error that cannot be made; the text says why."""


class UnknownError(BadError):
    """An error that there is not; the text names the nearest ones."""


class Request(NamedTuple):
    """What a request knows, by the names of arguments."""

    method: str = ""
    path: str = ""
    key: str = ""
    account: str = ""
    redacted: str = ""


@dataclass(frozen=True, slots=True)
class NamedError:
    """One of them. `arguments` are those that were told, of the right types."""

    name: str
    arguments: Mapping[str, object]

    def body(self, request: Request) -> ErrorBody:
        """The error as a request gets it."""
        known = {name: text for name, text in request._asdict().items() if name in _told_by_requests(self.name)}
        return constructors()[self.name](**{**known, **self.arguments}).body


def named_error(name: str, arguments: Mapping[str, object]) -> NamedError:
    """An error by its name, its arguments checked. Raises BadError."""
    if name not in constructors():
        near = " or ".join(difflib.get_close_matches(name, constructors(), 2))
        raise UnknownError(f"There is no error {name[:SHOWN]!r}.{f' Did you mean {near}?' if near else ''}")
    parameters = _parameters(name)
    unknown = [each for each in arguments if each not in parameters]
    if unknown:
        raise BadError(f"the error {name} has no argument {', '.join(unknown)[:SHOWN]}; it takes {_listed(name)}")
    missing = [each for each in needed(name) if each not in arguments]
    if missing:
        plural = "s" if len(missing) > 1 else ""
        raise BadError(f"the error {name} needs the argument{plural} {', '.join(missing)}; it takes {_listed(name)}")
    given = {each: _argument(name, parameters[each], value) for each, value in arguments.items()}
    made = NamedError(name, given)
    try:
        body = made.body(Request())
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise BadError(f"the error {name} cannot be made of {repr(dict(arguments))[:SHOWN]}: {error}") from None
    if body.status not in STATUSES:
        raise BadError(f"the status of an error must be from 400 to 599, not {body.status}")
    if not all(text.isascii() for _, text in body.headers):
        raise BadError(f"the error {name} cannot be made of {repr(dict(arguments))[:SHOWN]}: a header is ASCII")
    return made


def needed(name: str) -> list[str]:
    """The arguments that must be told."""
    told = _told_by_requests(name)
    return [each.name for each in _parameters(name).values() if each.default is each.empty and each.name not in told]


def optional(name: str) -> list[str]:
    """The arguments that may be told."""
    return [each for each in _parameters(name) if each not in needed(name)]


def _listed(name: str) -> str:
    parts = [", ".join(needed(name)), f"perhaps {', '.join(optional(name))}" if optional(name) else ""]
    return ", and ".join(filter(None, parts)) or "none"


def _parameters(name: str) -> Mapping[str, inspect.Parameter]:
    return inspect.signature(constructors()[name]).parameters


def _told_by_requests(name: str) -> list[str]:
    """The arguments that a request knows. Not every `key` is one of idempotency, and most paths are parameters'."""
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
    """Texts stand in headers too, so they are of one line."""
    return value if isinstance(value, str) and not _CONTROL.search(value) else None


def _whole(value: object) -> int | None:
    return int(str(value)) if not isinstance(value, bool) and _WHOLE.match(str(value)) else None


def _flag(value: object) -> bool | None:
    return {"true": True, "false": False}.get(str(value).lower())


def _path(value: object) -> tuple[str, ...] | None:
    """A path in brackets."""
    text = _text(value)
    path = path_of(text.replace("%", "%25")) if text else ()
    return path if path and format_path(path) else None


def _items(value: object) -> Sequence[object]:
    """A list, or what a form makes of one."""
    return list(value.values()) if isinstance(value, Mapping) else value if isinstance(value, list) else []


def _texts(value: object) -> list[str] | None:
    found = [text for each in _items(value) if (text := _text(each)) is not None]
    return found if found and len(found) == len(_items(value)) else None


def _paths(value: object) -> list[tuple[str, ...]] | None:
    found = [path for each in _items(value) if (path := _path(each))]
    return found if found and len(found) == len(_items(value)) else None


_KINDS: Mapping[str, tuple[Callable[[object], object], str]] = {
    "str": (_text, "a text of one line"),
    "int": (_whole, "a whole number"),
    "bool": (_flag, "true or false"),
    "ParamPath": (_path, "a parameter's name in brackets, as in a[b]"),
    "Sequence[str]": (_texts, "a list of texts"),
    "Sequence[ParamPath]": (_paths, "a list of parameters' names in brackets"),
    "Literal['test', 'live']": (_text, "test or live"),
}


@cache
def constructors() -> dict[str, Callable[..., StripeError]]:
    """All of them, by name."""
    functions = inspect.getmembers(errors, inspect.isfunction)
    return {
        name: function
        for name, function in functions
        if not name.startswith("_") and inspect.signature(function).return_annotation == "StripeError"
    }
