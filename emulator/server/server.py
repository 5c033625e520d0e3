"""A server that starts and stops at once: uvicorn's protocol around a life cycle of our own.

uvicorn's main loop wakes on timers, which a frozen clock never fires, and its shutdown sleeps. Here an event ends the
server, and nothing waits for time to pass.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import Future
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar, cast

import uvicorn

from emulator.app import Emulator
from emulator.server import listeners
from emulator.server.listeners import CannotListen, bind, url_of
from emulator.server.tls import Tls, tls_of
from emulator.settings import BadSetting, Settings

if TYPE_CHECKING:
    from emulator.server.protocol import WholeResponseProtocol
    from emulator.server.protocol_h11 import BoundedProtocol

__all__ = ["CannotListen", "Server", "bind", "config_of", "opened", "serve", "url_of"]

SHUTDOWN_SECONDS = 5.0
# As nginx's own: uvicorn's five seconds end connections that a client's pool is about to use again.
KEEP_ALIVE_SECONDS = 75
TICKS = 10  # the parts into which the time of a slow client is divided
Answer = TypeVar("Answer")


def config_of(emulator: Emulator) -> uvicorn.Config:
    """uvicorn as a bare HTTP protocol: no log, no lifespan, no headers of its own."""
    return uvicorn.Config(
        emulator,
        http=_protocol(),
        log_config=None,
        access_log=False,
        lifespan="off",
        ws="none",
        server_header=False,
        date_header=False,
        proxy_headers=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        limit_concurrency=emulator.settings.max_connections,
    )


def _protocol() -> type[asyncio.Protocol]:
    """Our extension of uvicorn's faster protocol; where its parser is not installed, that of its other one."""
    try:
        from emulator.server.protocol import WholeResponseProtocol  # noqa: PLC0415
    except ImportError:
        from emulator.server.protocol_h11 import BoundedProtocol  # noqa: PLC0415

        return BoundedProtocol
    return WholeResponseProtocol


async def serve(
    config: uvicorn.Config,
    sockets: Sequence[socket.socket],
    started: Callable[[asyncio.Event], None],
    tls: Tls | None = None,
) -> None:
    """Serves until the event that `started` is given is set; then drops every connection and returns."""
    server, stop, files = uvicorn.Server(config), asyncio.Event(), listeners.files(sockets)
    emulator = cast("Emulator", config.app)
    config.load()
    config.ssl = tls.context if tls else None
    server.lifespan = config.lifespan_class(config)
    await server.startup(sockets=list(sockets))
    slow = asyncio.create_task(_drop_the_slow(server, emulator.settings.request_timeout))
    delivering = asyncio.create_task(emulator.deliver())
    try:
        started(stop)
        await stop.wait()
    finally:
        slow.cancel()
        delivering.cancel()
        _close(server)
        listeners.remove(files)


async def _drop_the_slow(server: uvicorn.Server, seconds: int) -> None:
    """Ticks for every connection. Under a frozen clock it may never wake: then slow clients stay, and nothing waits."""
    while True:
        await asyncio.sleep(seconds / TICKS)
        for connection in list(server.server_state.connections):
            cast("WholeResponseProtocol | BoundedProtocol", connection).tick(TICKS)


def opened(settings: Settings) -> tuple[list[socket.socket], Tls | None]:
    """What a server listens on and speaks https with. Raises CannotListen, BadSetting; then nothing is left over."""
    sockets = listeners.listen(settings)
    try:
        return sockets, tls_of(settings)
    except BadSetting:
        listeners.close(sockets)
        raise


def _close(server: uvicorn.Server) -> None:
    for listening in server.servers:
        listening.close()
    for connection in list(server.server_state.connections):
        transport = connection.transport
        # Over TLS, close() waits for the client's farewell, and the loop ends before: the socket would stay open.
        end = transport.close if transport.get_extra_info("sslcontext") is None else transport.abort
        end()
    for task in server.server_state.tasks:
        task.cancel()


class Server:
    """A server in a thread, for tests and for embedding. A context manager; `url` is set while it runs.

    `ca_file` is what clients must trust when it speaks https.
    """

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or Settings(port=0)
        self.emulator = Emulator(self.settings)
        self.url = ""
        self.ca_file = ""
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._tls: Tls | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> Server:
        """Returns when requests are answered. Raises CannotListen, BadSetting."""
        sockets, tls = opened(self.settings)
        self._tls = tls
        if tls is not None:
            self.ca_file = tls.ca_file
            self.emulator.trust(tls.ca)
        self.url = url_of(sockets[0], "https" if tls else "http")
        running = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(sockets, running), name="stripe-emulator", daemon=True)
        self._thread.start()
        running.wait()
        return self

    def _run(self, sockets: Sequence[socket.socket], running: threading.Event) -> None:
        def started(stop: asyncio.Event) -> None:
            self._loop, self._stop = asyncio.get_running_loop(), stop
            running.set()

        config = config_of(self.emulator)
        with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
            runner.run(serve(config, sockets, started, self._tls))

    def submit(self, work: Coroutine[Any, Any, Answer]) -> Future[Answer]:
        """Runs a coroutine among the server's requests. Raises RuntimeError when it does not run."""
        if self._loop is None:
            work.close()
            raise RuntimeError("the emulator is not running")
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def stop(self) -> None:
        """Ends the server and its thread; a second call does nothing."""
        if self._loop is not None and self._stop is not None and self._thread is not None:
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join(SHUTDOWN_SECONDS)
        if self._tls is not None:
            self._tls.remove_files()
        self._loop = self._stop = self._thread = self._tls = None

    def __enter__(self) -> Server:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
