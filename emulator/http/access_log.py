"""One log line for each request: method, path, status, milliseconds, request id, account, error."""

from __future__ import annotations

import logging

from emulator.http.context import RequestContext
from emulator.http.message import Request
from emulator.wire.mask import mask, mask_path

log = logging.getLogger("emulator.access")


def log_request(request: Request, status: int, seconds: float, context: RequestContext) -> None:
    """Logs one request; the fields are also on the record, for logs as JSON."""
    if not log.isEnabledFor(logging.INFO):
        return
    fields = {
        "method": request.method,
        "path": mask_path(request.path),
        "status": status,
        "ms": round(seconds * 1000, 2),
        "request_id": context.request_id,
        "account": context.account and mask(context.account),
        "error": context.error_name,
    }
    if context.hint is not None:
        fields["hint"] = context.hint
    line = " ".join(f"{value}ms" if name == "ms" else str(value) for name, value in fields.items() if value is not None)
    log.info("%s", line, extra={"fields": fields})
