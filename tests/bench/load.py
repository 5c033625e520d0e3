"""The input and the result of a load generator, the same for all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from statistics import median
from typing import Any, Protocol

from tests.bench.processes import HOST, Launcher, Running
from tests.bench.traffic import Template


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Requests on some connections, one at a time on each, for some seconds or up to some count."""

    port: int
    templates: Sequence[Template]
    connections: int
    seconds: float = 0.0
    count: int = 0
    first_number: int = 0
    host: str = HOST

    @classmethod
    def of(cls, fields: dict[str, Any]) -> Job:
        """A job from JSON."""
        return cls(**{**fields, "templates": [Template(**template) for template in fields["templates"]]})


@dataclass(frozen=True, slots=True)
class Sample:
    """One round. Latencies are seconds; `busy` is the generator's own share of a core."""

    requests: int
    seconds: float
    p50: float
    p99: float
    p999: float
    longest: float
    errors: int
    busy: float

    @classmethod
    def of(cls, latencies: Sequence[float], seconds: float, errors: int, busy: float) -> Sample:
        """Of sorted latencies."""

        def at(share: float) -> float:
            return latencies[min(int(len(latencies) * share), len(latencies) - 1)]

        return cls(len(latencies), seconds, at(0.5), at(0.99), at(0.999), latencies[-1], errors, busy)

    @property
    def rate(self) -> float:
        """Requests per second."""
        return self.requests / self.seconds


class BadAnswers(RuntimeError):
    """A server answered with an error, so that its speed means nothing."""


class Generator(Protocol):
    """A load generator."""

    def run(self, job: Job) -> Sample: ...


@dataclass(frozen=True, slots=True)
class Own:
    """The generator of `tests.bench.generator`."""

    launcher: Launcher

    def run(self, job: Job) -> Sample:
        """One round. Raises BadAnswers."""
        return checked(Sample(**self.launcher.answer("tests.bench.generator", asdict(job))))


def checked(sample: Sample) -> Sample:
    """A sample without errors. Raises BadAnswers."""
    if sample.errors:
        raise BadAnswers(f"{sample.errors} of {sample.requests} answers were not 200")
    return sample


class Load:
    """Rounds of load that never use an Idempotency-Key twice."""

    def __init__(self, rounds: Generator, own: Own, connections: int, seconds: float) -> None:
        self._rounds, self._own = rounds, own
        self._connections, self._seconds = connections, seconds
        self._number = 0
        self.busiest = 0.0

    def round(self, server: Running, templates: Sequence[Template]) -> Sample:
        """One round of the usual length."""
        sample = self._rounds.run(self._numbered(server, templates, seconds=self._seconds))
        self.busiest = max(self.busiest, sample.busy)
        return sample

    def fill(self, server: Running, templates: Sequence[Template], count: int) -> Sample:
        """A number of requests, always by the own generator."""
        return self._own.run(self._numbered(server, templates, count=count))

    def _numbered(self, server: Running, templates: Sequence[Template], *, seconds: float = 0, count: int = 0) -> Job:
        job = Job(port=server.port, templates=templates, connections=self._connections, first_number=self._number)
        self._number += 1 << 32
        return replace(job, seconds=seconds, count=count)


def middle(samples: Sequence[Sample], name: str) -> float:
    """The median over rounds of one of a sample's numbers."""
    return float(median(getattr(sample, name) for sample in samples))


def ratios(samples: Sequence[Sample], others: Sequence[Sample], name: str) -> list[float]:
    """Round by round, so that what slows the machine for a while slows both sides."""
    pairs = zip(samples, others, strict=True)
    return [getattr(sample, name) / getattr(other, name) for sample, other in pairs]
