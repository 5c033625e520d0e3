"""A load generator of the standard library: sockets that are kept alive, one request at a time on each.

`python -m tests.bench.generator` reads a job as JSON and prints a sample as JSON. It is a process of its own, parses
no more than the status and Content-Length, and reports the share of a core that it used: below one, it was not the
bottleneck.
"""

from __future__ import annotations

import gc
import itertools
import json
import re
import selectors
import socket
import sys
import time
from array import array
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass

from tests.bench.load import Job, Sample
from tests.bench.traffic import DIGITS

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_END = b"\r\n\r\n"


class Broken(RuntimeError):
    """The server closed the connection, or answered what cannot be read."""


@dataclass(slots=True)
class Connection:
    """One socket, and the number of bytes that it still has to receive."""

    socket: socket.socket
    sent_at: float = 0.0
    missing: int = 0
    head: bytes = b""

    def send(self, request: bytes) -> None:
        self.sent_at = time.perf_counter()
        self.missing, self.head = 0, b""
        self.socket.sendall(request)

    def receive(self) -> bool | None:
        """Whether the answer is a 200, once it is complete; None before."""
        data = self.socket.recv(65_536)
        if not data:
            raise Broken("the server closed the connection")
        if self.missing:
            self.missing -= len(data)
        else:
            self._begin(data)
        complete = self.missing == 0 and _END in self.head
        return self.head.startswith(b"HTTP/1.1 200") if complete else None

    def _begin(self, data: bytes) -> None:
        self.head += data
        end = self.head.find(_END)
        if end >= 0:
            found = _LENGTH.search(self.head, 0, end)
            if found is None:
                raise Broken("an answer without Content-Length")
            self.missing = end + len(_END) + int(found[1]) - len(self.head)


def run(job: Job) -> Sample:
    """Sends until the time or the number of requests is over."""
    requests, latencies = _requests(job), array("d")
    connections = [Connection(socket.create_connection((job.host, job.port))) for _ in range(job.connections)]
    gc.disable()
    began, busy = time.perf_counter(), time.process_time()
    try:
        errors = _exchange(connections, requests, latencies, _goes_on(job, latencies, began))
        seconds = time.perf_counter() - began
        return Sample.of(sorted(latencies), seconds, errors, (time.process_time() - busy) / seconds)
    finally:
        for connection in connections:
            connection.socket.close()


def _requests(job: Job) -> Iterator[bytes]:
    pairs = [(template.head.encode(), template.tail.encode()) for template in job.templates]
    numbers = itertools.count(job.first_number)
    return (b"%b%0*x%b" % (head, DIGITS, next(numbers), tail) for head, tail in itertools.cycle(pairs))


def _goes_on(job: Job, latencies: array[float], began: float) -> Callable[[], bool]:
    if job.count:
        return lambda: len(latencies) <= job.count - job.connections
    deadline = began + job.seconds
    return lambda: time.perf_counter() < deadline


def _exchange(
    connections: list[Connection], requests: Iterator[bytes], latencies: array[float], goes_on: Callable[[], bool]
) -> int:
    """Keeps one request on every connection; returns how many answers were not 200."""
    errors = 0
    with selectors.DefaultSelector() as selector:
        for connection in connections:
            connection.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            selector.register(connection.socket, selectors.EVENT_READ, connection)
            connection.send(next(requests))
        while selector.get_map():
            for key, _ in selector.select():
                connection = key.data
                good = connection.receive()
                if good is None:
                    continue
                latencies.append(time.perf_counter() - connection.sent_at)
                errors += not good
                if goes_on():
                    connection.send(next(requests))
                else:
                    selector.unregister(connection.socket)
    return errors


if __name__ == "__main__":
    json.dump(asdict(run(Job.of(json.load(sys.stdin)))), sys.stdout)
