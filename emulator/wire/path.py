"""Where a value stands in a request: carried down as data, printed once in Stripe's brackets."""

from __future__ import annotations

ParamPath = tuple[str, ...]


def format_path(path: ParamPath) -> str:
    """`("components", "payments", "enabled")` as `components[payments][enabled]`."""
    return path[0] + "".join(f"[{segment}]" for segment in path[1:]) if path else ""
