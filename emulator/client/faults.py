"""Handles of the faults that a test adds: hits, removal, and a message when no request has matched."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from emulator.client.request_log import RecordedRequest, RequestLog, near_misses

Control = Callable[..., dict[str, Any]]

MATCHED_NOTE = (
    "\nThe one that matches came before the fault, failed by itself, was a replay, or was passed over by probability."
)


class FaultHandle:
    """A fault that was added. As a context manager, it removes the fault at the end and requires a hit by then."""

    def __init__(self, control: Control, fault: Mapping[str, Any]) -> None:
        self._control = control
        self._fault = fault
        self._hits = 0
        self.id = str(fault["id"])

    def __str__(self) -> str:
        return describe(self._fault)

    @property
    def hits(self) -> int:
        """The number of hits, also after the fault was removed."""
        current = self._current()
        self._hits = int(current["hits"]) if current else self._hits
        return self._hits

    def _current(self) -> Mapping[str, Any] | None:
        return next((fault for fault in self._control("GET", "/faults")["data"] if fault["id"] == self.id), None)

    def remove(self) -> None:
        """Remove the fault."""
        self._hits = int(self._control("DELETE", f"/faults/{self.id}")["hits"])

    def __enter__(self) -> FaultHandle:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if self._current() is None:  # removed in the block, or the sandbox was reset: its hits are unknown
            return
        self.remove()
        if kind is None and not self._hits:
            raise AssertionError(never_hit([self._fault], read_log(self._control)))


def never_hit(faults: Sequence[Mapping[str, Any]], requests: RequestLog) -> str:
    """The message about faults without a hit: their conditions, and the requests that came nearest."""
    return "\n".join(_never_hit(fault, requests) for fault in faults)


def read_log(control: Control, limit: int | None = None) -> RequestLog:
    """The last requests of a sandbox, oldest first; those beyond the limit count as dropped."""
    response = control("GET", "/requests" if limit is None else f"/requests?limit={limit}")
    requests = RequestLog(RecordedRequest(**row) for row in response["data"])
    requests.dropped = response["dropped"] + response["total"] - len(requests)
    return requests


def describe(fault: Mapping[str, Any]) -> str:
    """A fault in words: `lock_timeout on POST /v1/accounts with params[type]='custom'`."""
    effect, match = fault["effect"], fault["match"]
    latency = f"{effect['latency']:g} s of latency" if effect["latency"] else None
    status = f"status {effect['status']}" if effect["status"] else None
    effects = " and ".join(filter(None, (effect["error"], status, effect["connection"], latency)))
    path = "request" if match["path"] == "*" else match["path"]
    conditions = [f"account={match['account']!r}"] if match["account"] else []
    conditions += [f"params[{name}]={text!r}" for name, text in match["params"].items()]
    words = [effects, "on", match["method"] or "any", path, *(["with", ", ".join(conditions)] if conditions else [])]
    return " ".join([*words, "after it ran"] if fault["moment"] == "after" else words)


def _never_hit(fault: Mapping[str, Any], requests: RequestLog) -> str:
    match, account = fault["match"], fault["match"]["account"]
    about = [request for request in requests if account is None or account in _accounts(request)]
    expected = {name: match[name] for name in ("method", "path") if match[name]} | {"params": match["params"]}
    near = near_misses(about, expected) if about else f": no request {f'about {account} ' if requests else ''}came"
    return f"The fault {describe(fault)} was never hit{near}{MATCHED_NOTE if ' (matches)' in near else ''}"


def _accounts(request: RecordedRequest) -> list[object]:
    return [request.account, request.params.get("account"), *request.path.split("/")]
