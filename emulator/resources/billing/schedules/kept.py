"""What schedules and the lines of quotes keep, and responses never show."""

from __future__ import annotations

from emulator.model.declaration.private import Private
from emulator.schema.check import Params
from emulator.wire.json import Json


class ScheduleState(Private, total=False):
    """What a schedule keeps: the end that was announced, and the suffixes of the events of a canceled one."""

    _ending: list[str]
    _noticed: Json


class QuoteLineState(Private, total=False):
    """What a line of a quote keeps: the parameters that an accepted quote passes on, as sent."""

    _sent: Params
