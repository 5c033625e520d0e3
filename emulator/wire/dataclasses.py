"""`dataclass` of the standard library, but fifty times as quick to define: a process defines fifty before it responds.

The standard library compiles up to six functions for each class, and describes each field. Here a class compiles its
constructor alone, and only when it has more than a few instances; the other functions are shared by all classes. That
an instance of a frozen class is not changed is checked by the type checker only, and a class inherits no fields.
`replace` copies all fields at once, as rows have many.
"""

from __future__ import annotations

import dataclasses
from functools import cache
from itertools import count
from operator import attrgetter
from typing import TYPE_CHECKING, Any

FEW = 12  # instances of a class that are made without a constructor of its own

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass  # noqa: PLC0414 - for the type checker, they are the same
    from dataclasses import replace as replace  # noqa: PLC0414
else:

    def dataclass(cls=None, *, frozen=False, eq=True, slots=False, kw_only=False, weakref_slot=False):  # noqa: PLR0913
        """The decorator, with the options of the standard library that are used here."""

        def define(cls):
            own = vars(cls).copy()
            kinds = {name: kind for name, kind in cls.__annotations__.items() if "ClassVar" not in str(kind)}
            values = {name: own.pop(name) for name in kinds if name in own}
            own["__dataclass_fields__"] = _Fields(kinds, values, kw_only=kw_only)
            own["__match_args__"] = () if kw_only else tuple(kinds)
            own.setdefault("__repr__", _repr)
            if eq:
                own["compared_values"] = _reader([name for name in kinds if _is_compared(values.get(name))])
                own.setdefault("__eq__", _eq)
                own["__hash__"] = own.get("__hash__") or (_hash if frozen else None)
            if slots:
                own["__slots__"] = (*kinds, "__weakref__") if weakref_slot else tuple(kinds)
            for name in ("__dict__", "__weakref__"):
                own.pop(name, None)
            defined = type(cls)(cls.__name__, cls.__bases__, own)
            defined.__qualname__ = cls.__qualname__
            defined.__init__ = _constructor_of(defined)
            return defined

        return define if cls is None else define(cls)

    def _reader(names):
        """The function that reads some fields at once."""
        return attrgetter(*names) if names else staticmethod(_nothing)

    def _is_compared(value):
        return not isinstance(value, dataclasses.Field) or value.compare

    class _Fields:
        """The fields of a class in its `__dataclass_fields__`, made when something first reads them."""

        def __init__(self, kinds, values, *, kw_only):
            self._kinds, self._values, self._kw_only = kinds, values, kw_only

        def __get__(self, instance, owner):
            owner.__dataclass_fields__ = made = {name: self._field(name) for name in self._kinds}
            return made

        def _field(self, name):
            value = self._values.get(name, dataclasses.MISSING)
            field = value if isinstance(value, dataclasses.Field) else dataclasses.field(default=value)
            if field.default.__class__.__hash__ is None:
                raise ValueError(f"instances would share the default of {name}: use default_factory")
            field.name, field.type, field._field_type = name, self._kinds[name], dataclasses._FIELD  # noqa: SLF001
            if field.kw_only is dataclasses.MISSING:
                field.kw_only = self._kw_only
            return field

    def _constructor_of(cls):
        """A constructor for a few instances; it compiles one for many, which takes its place."""
        calls = count(1)

        def constructor(self, *args, **kwargs):
            values = _values(cls, args, kwargs) if next(calls) <= FEW else None
            if values is None:
                cls.__init__ = _compiled(cls)
                cls.__init__(self, *args, **kwargs)
                return
            for name, value in values.items():
                setattr(self, name, value)
            if hasattr(self, "__post_init__"):
                self.__post_init__()

        return constructor

    def _values(cls, args, kwargs):
        """The values of all fields by the arguments of a constructor, None if these do not fit."""
        fields, values = dataclasses.fields(cls), {}
        positional = [field.name for field in fields if field.init and not field.kw_only]
        given = dict(zip(positional, args, strict=False)) | kwargs
        left = len(args) + len(kwargs)
        for field in fields:
            if field.init and field.name in given:
                values[field.name] = given[field.name]
                left -= 1
            elif field.default_factory is not dataclasses.MISSING:
                values[field.name] = field.default_factory()
            elif field.default is not dataclasses.MISSING:
                values[field.name] = field.default
            elif field.init:
                return None
        return None if left else values

    def _compiled(cls):
        """The constructor of a class: it sets each field to its argument, or to its default."""
        positional, named, lines, values = ["self"], ["*"], [], {"_unset": object()}
        for field in dataclasses.fields(cls):
            parameter, value = _parameter(field, values)
            if field.init:
                (named if field.kw_only else positional).append(parameter)
            elif parameter != field.name:
                lines.append(parameter)  # `name=_default_name` is an assignment, too
            else:
                continue
            lines.append(f"self.{field.name} = {value}")
        lines.append("self.__post_init__()" if hasattr(cls, "__post_init__") else "pass")
        parameters = ", ".join(positional + (named if len(named) > 1 else []))
        exec("\n ".join((f"def __init__({parameters}):", *lines)), values)  # noqa: S102
        values["__init__"].__qualname__ = f"{cls.__qualname__}.__init__"
        return values["__init__"]

    def _parameter(field, values):
        """The parameter for a field, and the value that it gives the field. Adds to `values` what both refer to."""
        name, default = field.name, f"_default_{field.name}"
        if field.default_factory is not dataclasses.MISSING:
            values[default] = field.default_factory
            return f"{name}=_unset", f"{default}() if {name} is _unset else {name}"
        if field.default is not dataclasses.MISSING:
            values[default] = field.default
            return f"{name}={default}", name
        return name, name

    def replace(instance, /, **changes):
        """A copy with other values of some fields. Raises TypeError for names that are no fields."""
        names, copy = _copier(type(instance))
        if copy is None or not names >= changes.keys():
            return type(instance)(**({name: getattr(instance, name) for name in names} | changes))
        made = copy(instance)
        for name, value in changes.items():
            setattr(made, name, value)
        return made

    @cache
    def _copier(cls):
        """The names of the fields that a constructor takes; a function that copies these, None if not all are plain."""
        fields = dataclasses.fields(cls)
        names = {field.name for field in fields if field.init}
        if len(names) < len(fields) or hasattr(cls, "__post_init__") or cls.__setattr__ is not object.__setattr__:
            return names, None
        lines = ["def copy(old):", "new = make(cls)", *(f"new.{name} = old.{name}" for name in names), "return new"]
        values = {"cls": cls, "make": cls.__new__}
        exec("\n ".join(lines), values)  # noqa: S102
        return names, values["copy"]


def _repr(self: Any) -> str:
    values = (f"{field.name}={getattr(self, field.name)!r}" for field in dataclasses.fields(self) if field.repr)
    return f"{type(self).__qualname__}({', '.join(values)})"


def _eq(self: Any, other: Any) -> Any:
    if other.__class__ is not self.__class__:
        return NotImplemented
    return self.compared_values(self) == self.compared_values(other)


def _hash(self: Any) -> int:
    return hash(self.compared_values(self))


def _nothing(_: object) -> tuple[()]:
    return ()
