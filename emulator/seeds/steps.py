"""Runs a step of a document: an action of an account's owner, of Stripe or of a test without an API request."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from typing import cast

from emulator.errors import StripeError
from emulator.events import Origin, Transaction
from emulator.resources import table
from emulator.resources.connect import accounts
from emulator.resources.connect.accounts.test_data import representative_or_new
from emulator.sandbox.change_log import ELAPSE, STEPS, Step
from emulator.sandbox.sandbox import Sandbox
from emulator.seeds.document import Fixture
from emulator.seeds.errors import SeedError
from emulator.store.rows import Account
from emulator.wire.json import Json

# The JSON values that the parameters of steps accept, by annotation.
_FITS: Mapping[str, Callable[[Json], bool]] = {
    "str": lambda value: isinstance(value, str),
    "str | None": lambda value: isinstance(value, str),
    "bool": lambda value: isinstance(value, bool),
    "int | None": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "Iterable[str]": lambda value: isinstance(value, list) and all(isinstance(each, str) for each in value),
    "Tree": lambda value: isinstance(value, Mapping) and _is_tree(value),
}


MODULES: Mapping[str, str] = {name: module for module, names in table.STEPS.items() for name in names}
# The transaction of each step runs the timers that are due, and this one does no more: its ids are read before.
STEPS[ELAPSE] = Step(lambda sandbox, made: None, {"sandbox": "Sandbox", "made": "Tree"}, ())  # noqa: ARG005


def made_by_time(fixtures: Iterable[Fixture]) -> dict[str, deque[list[str]]]:
    """The ids that time makes, in their order, by the id of the object whose time has come."""
    found = defaultdict[str, deque[list[str]]](deque)
    for step in (each.step for each in fixtures if each.step is not None and each.step.get("do") == ELAPSE):
        made = step.get("made")
        for identifier, runs in made.items() if isinstance(made, Mapping) and _is_tree(made) else ():
            at_once = [ids for ids in cast("list[Json]", runs) if isinstance(ids, list)]
            found[identifier] += [[str(each) for each in ids] for ids in at_once]
    return found


def find(name: str) -> Step | None:
    """The step of a name, declared by a module that is imported with the first document that needs it."""
    if name in MODULES:
        import_module(f"{table.TABLE.package}.{MODULES[name]}")
    return STEPS.get(name)


def run_step(sandbox: Sandbox, step: Mapping[str, Json]) -> None:
    """Run the step named by `do` with the other keys as its arguments. Raises SeedError."""
    name = step.get("do")
    found = find(name) if isinstance(name, str) else None
    if found is None:
        raise SeedError(f"its _step must be one of {', '.join(sorted({ELAPSE, *MODULES}))}, not {str(name)[:100]!r}")
    unknown = sorted(step.keys() - {"do"} - found.kinds.keys() | step.keys() & {"sandbox", "now"})
    if unknown:
        raise SeedError(f"the step {name} has no {', '.join(unknown)[:100]}")
    now = sandbox.clock.now()
    arguments: dict[str, object] = {"sandbox": sandbox, **({"now": now} if "now" in found.kinds else {})}
    try:
        with Transaction(sandbox, Origin(now)):
            for key, kind in found.kinds.items():
                if key in step:
                    arguments[key] = _argument(sandbox, arguments, kind, key, step[key])
            found.run(**arguments)
    except StripeError as error:
        raise SeedError(f"the step {name} was refused: {error.body.message}") from None
    except (KeyError, TypeError, ValueError) as error:
        raise error if isinstance(error, SeedError) else SeedError(f"the step {name} was refused: {error}") from None


def _argument(sandbox: Sandbox, arguments: Mapping[str, object], kind: str, name: str, value: Json) -> object:
    """A JSON value as the argument of a step; an id of an account or person becomes its row."""
    if kind == "Account":
        account = accounts.find(sandbox, str(value))
        if account is None:
            raise SeedError(f"the sandbox has no connected account {str(value)[:100]}")
        return account
    if kind == "Person":
        owner = cast("Account", arguments["account"])
        listed = next((person for person in owner.persons if person.id == value), None)
        return listed or representative_or_new(sandbox, owner, sandbox.clock.now())
    if kind not in _FITS or not _FITS[kind](value):
        raise SeedError(f"{name} of its _step cannot be {str(value)[:100]!r}")
    return value


def _is_tree(value: Json) -> bool:
    """Whether JSON could be sent as a form: hashes and lists of strings."""
    if isinstance(value, Mapping):
        return all(_is_tree(child) for child in value.values())
    return all(_is_tree(child) for child in value) if isinstance(value, list) else isinstance(value, str)
