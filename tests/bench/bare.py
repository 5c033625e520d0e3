"""The yardstick: one Starlette route with a constant body, on uvicorn with the emulator's settings.

`python -m tests.bench.bare PORT BYTES`. It parses no body, checks nothing and stores nothing.
"""

from __future__ import annotations

import sys

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


def application(size: int) -> Starlette:
    """An application that answers an account session's URL with `size` bytes."""
    body = b"x" * size

    async def constant(_: Request) -> Response:
        return Response(body, media_type="application/json")

    routes = [
        Route("/v1/account_sessions", constant, methods=["POST"]),
    ]
    return Starlette(routes=routes)


def main(port: str, size: str) -> None:
    """Serves until SIGTERM."""
    uvicorn.run(
        application(int(size)),
        port=int(port),
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        proxy_headers=False,
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
