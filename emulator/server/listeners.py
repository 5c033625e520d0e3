"""The sockets of a server: an address and port, both loopback addresses, or a file."""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import stat
from collections.abc import Sequence

from emulator.settings import Settings

BACKLOG = 2048
LOOPBACKS = ("127.0.0.1", "::1")
TRIES = 20  # free ports of 127.0.0.1 that may turn out to be taken on ::1
NO_IPV6 = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)
FREE = "Free it, or choose another with --port (0 picks a free one)."
HERE = "Choose an address of this machine with --host, such as 127.0.0.1."
FREE_FILE = "Free it, or choose another with --uds."
# Advice by the number of the error; for all others it is FREE.
ADVICE = {
    errno.EACCES: "Choose one above 1023 with --port (0 picks a free one).",
    errno.EADDRNOTAVAIL: HERE,
    errno.EAFNOSUPPORT: HERE,
}
# For a file: the reason and the advice.
WRONG_PATHS = {
    errno.ENOENT: ("its folder does not exist", "Make it, or choose another with --uds."),
    errno.ENOTDIR: ("what should be its folder is a file", "Choose another with --uds."),
    errno.EACCES: ("you may not write to its folder", "Choose another with --uds."),
    errno.EROFS: ("its folder cannot be written", "Choose another with --uds."),
    None: ("the path is too long", "Choose a shorter one with --uds."),  # Python's own, which has no number
}


class CannotListen(OSError):
    """The address is not available: the port is taken, the host is not this machine's, the file belongs to another."""


def listen(settings: Settings) -> list[socket.socket]:
    """The sockets of the settings; `localhost` is both loopback addresses, on one port. Raises CannotListen."""
    if settings.uds:
        return [bind_file(settings.uds)]
    if settings.host == "localhost":
        return _bind_loopbacks(settings.port)
    return [bind(settings.host, settings.port)]


def bind(host: str, port: int) -> socket.socket:
    """A listening socket. Port 0 picks a free one. Raises CannotListen.

    The protocol is given because asyncio sets TCP_NODELAY for it only; without, each call takes 40 ms.
    """
    try:
        listener = socket.socket(_family(host), socket.SOCK_STREAM, socket.IPPROTO_TCP)
        _listen(listener, (host, port))
    except (socket.gaierror, TypeError) as error:  # TypeError: of a name that IDNA cannot encode
        why = error.strerror if isinstance(error, OSError) else "that is no name of a host"
        raise CannotListen(None, f"cannot listen on {host}: {why}. {HERE}") from None
    except OSError as error:
        why = f"cannot listen on {host} port {port}: {error.strerror or error}"
        raise CannotListen(error.errno, f"{why}. {ADVICE.get(error.errno or 0, FREE)}") from None
    return listener


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def _listen(listener: socket.socket, address: tuple[str, int] | str) -> None:
    try:
        if listener.family != socket.AF_UNIX:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except BaseException:
        listener.close()
        raise


def _bind_loopbacks(port: int) -> list[socket.socket]:
    """One port on 127.0.0.1 and on ::1; 127.0.0.1 alone where there is no IPv6."""
    for attempt in range(1, TRIES + 1):
        first = bind(LOOPBACKS[0], port)
        try:
            return [first, bind(LOOPBACKS[1], first.getsockname()[1])]
        except CannotListen as error:
            if error.errno in NO_IPV6:
                return [first]
            first.close()
            if port != 0 or error.errno != errno.EADDRINUSE or attempt == TRIES:
                raise
    raise AssertionError


def bind_file(path: str) -> socket.socket:
    """A listening Unix socket that only its owner can open. A file that nobody listens on is replaced.

    Raises CannotListen.
    """
    _clear(path)
    try:
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        with contextlib.suppress(OSError):  # Linux takes the file's permissions from the socket; others refuse this
            os.fchmod(listener.fileno(), 0o600)
        _listen(listener, path)
        os.chmod(path, 0o600)
    except OSError as error:
        why, advice = WRONG_PATHS.get(error.errno, (str(error.strerror or error), FREE_FILE))
        raise _cannot(path, why, error.errno, advice) from None
    return listener


def _clear(path: str) -> None:
    """Remove a socket file without a server. Raises CannotListen if it is anything else."""
    try:
        mode = os.lstat(path).st_mode
    except OSError:
        return
    if not stat.S_ISSOCK(mode):
        raise _cannot(path, "it is there and is no socket", errno.EEXIST)
    if _is_served(path):
        raise _cannot(path, "a server listens on it already", errno.EADDRINUSE)
    with contextlib.suppress(OSError):
        os.unlink(path)


def _is_served(path: str) -> bool:
    """Whether a server listens. If that cannot be found out, because of permissions for instance, one does."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.setblocking(False)
        try:
            probe.connect(path)
        except ConnectionRefusedError:
            return False
        except OSError:
            return True
    return True


def _cannot(path: str, why: str, number: int | None, advice: str = FREE_FILE) -> CannotListen:
    return CannotListen(number, f"cannot listen on {path}: {why}. {advice}")


File = tuple[str, int]


def files(listeners: Sequence[socket.socket]) -> list[File]:
    """The files of open Unix sockets, each with its inode number, by which `remove` recognizes it."""
    paths = [listener.getsockname() for listener in listeners if listener.family == socket.AF_UNIX]
    return [(path, os.lstat(path).st_ino) for path in paths]


def remove(files: Sequence[File]) -> None:
    """Remove the files of Unix sockets, unless another server has replaced them."""
    for path, number in files:
        with contextlib.suppress(OSError):
            if os.lstat(path).st_ino == number:
                os.unlink(path)


def close(listeners: Sequence[socket.socket]) -> None:
    """Close listeners, and remove their files."""
    remove(files(listeners))
    for listener in listeners:
        listener.close()


def url_of(listener: socket.socket, scheme: str = "http") -> str:
    """The URL of a listener, with loopback for a wildcard address; that of a file is `unix:/its/path`."""
    if listener.family == socket.AF_UNIX:
        return f"unix:{os.path.abspath(listener.getsockname())}"
    host, port = listener.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"
