"""Faults as a test declares them: counted, taken back, and told of in words when nothing hit them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from emulator.client.request_log import RecordedRequest, Requests, near_misses

Control = Callable[..., dict[str, Any]]

FITS = "\nOne that fits came before the fault, failed by itself, was a replay, or was spared by chance."


class DeclaredFault:
    """A fault that was declared. In a `with` block, it is removed at the end, and must have been hit by then."""

    def __init__(self, control: Control, declared: Mapping[str, Any]) -> None:
        self._control = control
        self._declared = declared
        self._hits = 0
        self.id = str(declared["id"])

    def __str__(self) -> str:
        return described(self._declared)

    @property
    def hits(self) -> int:
        """How often it was hit, also when it was removed since."""
        now = self._now()
        self._hits = int(now["hits"]) if now else self._hits
        return self._hits

    def _now(self) -> Mapping[str, Any] | None:
        return next((fault for fault in self._control("GET", "/faults")["data"] if fault["id"] == self.id), None)

    def remove(self) -> None:
        """Takes it back."""
        self._hits = int(self._control("DELETE", f"/faults/{self.id}")["hits"])

    def __enter__(self) -> DeclaredFault:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if self._now() is None:  # taken back in the block, or the sandbox was reset: nobody knows of its hits
            return
        self.remove()
        if kind is None and not self._hits:
            raise AssertionError(never_hit([self._declared], recorded(self._control)))


def never_hit(faults: Sequence[Mapping[str, Any]], requests: Requests) -> str:
    """What to tell of faults that nothing has hit: what they waited for, and what came near."""
    return "\n".join(_never_hit(fault, requests) for fault in faults)


def recorded(control: Control) -> Requests:
    """The last requests of a sandbox, oldest first."""
    told = control("GET", "/requests")
    requests = Requests(RecordedRequest(**row) for row in told["data"])
    requests.forgotten = told["forgotten"]
    return requests


def described(fault: Mapping[str, Any]) -> str:
    """What a fault does to which requests: `lock_timeout on POST /v1/accounts with params[type]='custom'`."""
    effect, match = fault["effect"], fault["match"]
    latency = f"{effect['latency']:g} s of latency" if effect["latency"] else None
    status = f"status {effect['status']}" if effect["status"] else None
    what = " and ".join(filter(None, (effect["name"], status, effect["connection"], latency)))
    path = "request" if match["path"] == "*" else match["path"]
    told = [f"account={match['account']!r}"] if match["account"] else []
    told += [f"params[{name}]={text!r}" for name, text in match["params"].items()]
    words = [what, "on", match["method"] or "any", path, *(["with", ", ".join(told)] if told else [])]
    return " ".join([*words, "after it ran"] if fault["moment"] == "after" else words)


def _never_hit(fault: Mapping[str, Any], requests: Requests) -> str:
    match, account = fault["match"], fault["match"]["account"]
    about = [request for request in requests if account is None or account in _accounts(request)]
    expected = {name: match[name] for name in ("method", "path") if match[name]} | {"params": match["params"]}
    near = near_misses(about, expected) if about else f": no request {f'about {account} ' if requests else ''}came"
    return f"The fault {described(fault)} was never hit{near}{FITS if ' (fits)' in near else ''}"


def _accounts(request: RecordedRequest) -> list[object]:
    return [request.account, request.params.get("account"), *request.path.split("/")]
