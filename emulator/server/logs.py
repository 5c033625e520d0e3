"""Log lines of the command line: text for people, JSON for machines, always on standard error."""

from __future__ import annotations

import datetime
import logging
import sys

import orjson

from emulator.settings import Settings


class JsonFormatter(logging.Formatter):
    """One JSON object a line; a request's fields stand beside its message."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.datetime.fromtimestamp(record.created, datetime.UTC).isoformat(timespec="milliseconds")
        fields = getattr(record, "fields", None)
        line = {"time": at, "level": record.levelname.lower(), **(fields or {"message": record.getMessage()})}
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return orjson.dumps(line).decode()


def configure(settings: Settings) -> None:
    """Sends the emulator's and the server's logs to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    text = logging.Formatter("%(asctime)s.%(msecs)03d %(message)s", "%H:%M:%S")
    handler.setFormatter(JsonFormatter() if settings.log_format == "json" else text)
    for name in ("emulator", "uvicorn"):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [handler], False
        logger.setLevel(settings.log_level.upper() if name == "emulator" else logging.WARNING)
