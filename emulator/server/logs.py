"""Logging of the command line: text or JSON lines on standard error."""

from __future__ import annotations

import datetime
import logging
import os
import select
import sys

import orjson

from emulator.settings import Settings
from emulator.wire.mask import mask


class JsonFormatter(logging.Formatter):
    """One JSON object per line, with the fields of a request in place of the message."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.datetime.fromtimestamp(record.created, datetime.UTC).isoformat(timespec="milliseconds")
        fields = getattr(record, "fields", None)
        line = {"time": at, "level": record.levelname.lower(), **(fields or {"message": record.getMessage()})}
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return orjson.dumps(line).decode()


class NonBlockingHandler(logging.Handler):
    """Writes lines to a file descriptor. Lines that a full pipe does not take are dropped and counted.

    Nothing waits for a process that does not read the pipe.
    """

    def __init__(self, descriptor: int) -> None:
        super().__init__()
        self._descriptor = descriptor
        self._poll = select.poll()
        self._poll.register(descriptor, select.POLLOUT)
        self._dropped = 0

    def emit(self, record: logging.LogRecord) -> None:
        try:
            if self._dropped and self._write(self.format(_notice(self._dropped))):
                self._dropped = 0
            self._dropped += not self._write(self.format(record))
        except Exception:  # noqa: BLE001 - as every handler: a log line is no reason to fail
            self.handleError(record)

    def _write(self, line: str) -> bool:
        """Write a line, in pieces that a pipe takes at once if it takes anything. False if there is no room.

        Secrets are masked here, since a line may quote anything, such as the URL of a webhook endpoint.
        """
        data = f"{mask(line)}\n".encode(errors="backslashreplace")
        for start in range(0, len(data), select.PIPE_BUF):
            if not self._poll.poll(0):
                return False
            try:
                os.write(self._descriptor, data[start : start + select.PIPE_BUF])
            except OSError:  # nobody will ever read it
                return False
        return True


def _notice(dropped: int) -> logging.LogRecord:
    text = "%d log lines were dropped: standard error was full, as nobody read it"
    return logging.LogRecord("emulator", logging.WARNING, __file__, 0, text, (dropped,), None)


def _handler() -> logging.Handler:
    """A handler of standard error; a plain one on Windows, which has no poll."""
    return NonBlockingHandler(sys.stderr.fileno()) if hasattr(select, "poll") else logging.StreamHandler(sys.stderr)


def configure(settings: Settings) -> None:
    """Send the logs of the emulator and of uvicorn to standard error."""
    handler = _handler()
    text = logging.Formatter("%(asctime)s.%(msecs)03d %(message)s", "%H:%M:%S")
    handler.setFormatter(JsonFormatter() if settings.log_format == "json" else text)
    for name in ("emulator", "uvicorn"):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [handler], False
        logger.setLevel(settings.log_level.upper() if name == "emulator" else logging.WARNING)
