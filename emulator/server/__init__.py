"""The server: its life cycle, its listeners, TLS, and the two protocols of uvicorn that it extends."""

from emulator.server.server import CannotListen, Server, bind, url_of

__all__ = ["CannotListen", "Server", "bind", "url_of"]
