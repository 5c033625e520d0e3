"""Accounts v2, and what all of /v2 shares: pages, parameters that may be null, answers with every name."""

from __future__ import annotations

from collections.abc import Mapping

from emulator.resources.call import Endpoint
from emulator.resources.v2 import account_links, endpoints, persons, tokenizing

ENDPOINTS: Mapping[str, Endpoint] = {
    **endpoints.ENDPOINTS,
    **persons.ENDPOINTS,
    **account_links.ENDPOINTS,
    **tokenizing.ENDPOINTS,
}
