"""Paths of parameters, kept as data and printed in Stripe's brackets, and of URLs."""

from __future__ import annotations

ParamPath = tuple[str, ...]


def format_path(path: ParamPath) -> str:
    """`("components", "payments", "enabled")` as `components[payments][enabled]`."""
    return path[0] + "".join(f"[{segment}]" for segment in path[1:]) if path else ""


def is_v2(url_path: str) -> bool:
    """Whether a URL path belongs to v2 of the API. All other code uses `v2` of a request or an operation."""
    return url_path.startswith("/v2/")


def below(path: str, name: str) -> str:
    """The path of a parameter inside another one, its name where there is no other."""
    return f"{path}[{name}]" if path else name
