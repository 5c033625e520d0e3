"""Reads the rows of a table for the few that a request wants, in slices between which the server does other work."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import inf
from time import thread_time
from typing import Any

from emulator.model.declaration.endpoint import Call, Scan
from emulator.store.table import Row, Table
from emulator.wire.namedtuples import NamedTuple

SLICE_SECONDS = 0.005
ROWS_BETWEEN = 64  # rows that are read between two looks at the time

Walk = Callable[[int | None], Iterator[Row[Any]]]


class Unfinished(Exception):
    """A slice has ended before the read has. Raised where the request can go on with the scan."""

    def __init__(self, scan: Scan) -> None:
        super().__init__(scan.last)
        self.scan = scan


class Wanted(NamedTuple):
    """Which of the rows that are kept a request wants: some after the first ones. `counted` are counted."""

    skip: int
    most: int
    counted: int = 0


def read(call: Call, table: Table[Any], walk: Walk, keep: Callable[[Row[Any]], bool], wanted: Wanted) -> Scan:
    """The rows of a walk that are kept, and how many there are. `walk` begins behind the row of a number.

    Raises Unfinished, for requests that run in slices.
    """
    scan = call.scan or Scan()
    call.scan, resumed = None, scan.last is not None
    until = thread_time() + SLICE_SECONDS if call.in_slices else inf
    end = max(wanted.skip + wanted.most, wanted.counted)
    for place, row in enumerate(walk(scan.last), 1):
        if keep(row):
            scan.seen += 1
            if wanted.skip < scan.seen <= wanted.skip + wanted.most:
                scan.found.append(row)
            if scan.seen >= end:
                break
        if not place % ROWS_BETWEEN and thread_time() > until:
            scan.last = row.number
            raise Unfinished(scan)
    if resumed:  # rows of earlier slices may have changed since
        scan.found[:] = [row for row in _as_they_are(table, scan.found) if keep(row)]
    return scan


def _as_they_are(table: Table[Any], rows: Sequence[Row[Any]]) -> Iterator[Row[Any]]:
    return filter(None, (table.get(row.owner, row.id) for row in rows))
