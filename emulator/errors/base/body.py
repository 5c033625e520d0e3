"""The body of an error, and the exception that carries one."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from emulator.errors.base.wording import doc_url, invalid_fields
from emulator.wire.dataclasses import dataclass, replace
from emulator.wire.json import Json
from emulator.wire.path import ParamPath, format_path


class Stage(Enum):
    """How far the request got. This decides the headers of the response and the order of its keys."""

    AUTH = "auth"
    CHECK = "check"
    RUN = "run"


@dataclass(frozen=True, slots=True)
class ErrorBody:
    """One error as data. `code` and `param` are left out when None; `headers` are sent in addition.

    `missing` is the id of an object that was not found. `extra` is sent on v2 only, `details` on v1 only, such as the
    decline code and the payment intent of a declined payment. `fields` are the v2 messages about single fields, by path
    in brackets, where they differ from `message`. With `changes_stay`, the changes of the request are kept, as those of
    a declined payment are.
    """

    status: int
    message: str
    type: str = "invalid_request_error"
    code: str | None = None
    param: str | None = None
    stage: Stage = Stage.CHECK
    documented: bool = True
    headers: tuple[tuple[str, str], ...] = ()
    logged: bool = True
    extra: tuple[tuple[str, Json], ...] = ()
    fields: tuple[tuple[str, str], ...] = ()
    missing: str | None = None
    details: tuple[tuple[str, Json], ...] = ()
    changes_stay: bool = False

    @property
    def code_v2(self) -> str:
        """The code on /v2, which every error has there; invalid fields share one code (observed)."""
        default = _CODES_V2.get(self.status, "api_error")
        code = "idempotency_error" if self.type == "idempotency_error" else self.code or default
        return "invalid_fields" if code.startswith("parameter_") else code

    def envelope_v2(self) -> Json:
        """The body on /v2: always a code, hardly ever a type (official). SDKs know idempotency errors by it."""
        code = self.code_v2
        fields = self.fields or (((self.param, self.message),) if self.param and code == "invalid_fields" else ())
        message = invalid_fields(fields) if fields else self.message
        kind = {"type": code} if code == "idempotency_error" else {}
        return {"error": {"code": code, "message": message, **kind, **dict(self.extra)}}

    def envelope(self, log_url: str | None) -> Json:
        """The body on v1: alphabetical keys, except for a 403 of authentication (observed: message, type, code)."""
        code = {"code": self.code} if self.code else {}
        doc = {"doc_url": doc_url(self.code)} if self.code and self.documented else {}
        rest = {"message": self.message, **({"param": self.param} if self.param else {})}
        log = {"request_log_url": log_url} if log_url and self.logged else {}
        kind = {"type": self.type}
        if self.stage is Stage.AUTH and self.status == 403:
            return {"error": {**rest, **kind, **code, **doc}}
        whole = {**code, **doc, **rest, **log, **kind}
        return {"error": dict(sorted({**whole, **dict(self.details)}.items())) if self.details else whole}


# The codes on v2 of errors that have none on v1 (official; 403 was observed, 5xx is our choice).
_CODES_V2 = {400: "invalid_fields", 403: "forbidden", 404: "not_found"}


class StripeError(Exception):
    """An error to respond with, raised anywhere below the pipeline."""

    def __init__(self, body: ErrorBody) -> None:
        super().__init__(body.message)
        self.body = body

    def with_details(self, details: Mapping[str, Json], *, changes_stay: bool = False) -> StripeError:
        """The same error with more keys on v1. With `changes_stay`, the changes of the request are kept."""
        merged = tuple({**dict(self.body.details), **details}.items())
        return StripeError(replace(self.body, details=merged, changes_stay=changes_stay or self.body.changes_stay))


def bad_request(
    message: str,
    *,
    code: str | None = None,
    param: str | None = None,
    kind: str = "invalid_request_error",
    documented: bool = True,
) -> StripeError:
    """400 for a request that is refused before its endpoint runs."""
    return StripeError(ErrorBody(400, message, kind, code, param, documented=documented))


def bad_param(message: str, path: ParamPath, *, code: str | None = None, documented: bool = True) -> StripeError:
    """400 for an invalid parameter."""
    return bad_request(message, code=code, param=format_path(path) or None, documented=documented)


def refused(
    message: str,
    *,
    code: str | None = None,
    param: str | None = None,
    status: int = 400,
    kind: str = "invalid_request_error",
) -> StripeError:
    """A refusal by the endpoint itself."""
    return StripeError(ErrorBody(status, message, kind, code, param, Stage.RUN))
