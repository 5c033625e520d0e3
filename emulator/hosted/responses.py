"""The responses of hosted pages."""

from __future__ import annotations

from starlette.responses import RedirectResponse, Response

from emulator.hosted import pages


def redirect(url: str) -> Response:
    """A redirect after a form, or to the present target of a link."""
    return RedirectResponse(url, 303)


def forward(path: str) -> Response:
    """A page that leads to another one of the same host: a frame of a routed host cannot follow a redirect."""
    return page(200, pages.forward(path))


def page(status: int, text: str) -> Response:
    """A page of HTML."""
    return Response(text, status, media_type="text/html")


def message(status: int, title: str, text: str) -> Response:
    """A page with a message only."""
    return page(status, pages.message(title, text))


def not_allowed(methods: str) -> Response:
    """405, with the methods that a page takes."""
    response = message(405, "Not here", f"This page takes {methods} only.")
    response.headers["allow"] = methods
    return response
