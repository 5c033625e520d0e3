"""What Stripe does: one module or package for each modelled resource, joined in one explicit table."""

from __future__ import annotations

from collections.abc import Mapping

from emulator.resources import account_sessions, accounts
from emulator.resources.call import Endpoint

# Every operation that the emulator models, by its id in the catalog.
ENDPOINTS: Mapping[str, Endpoint] = {**accounts.ENDPOINTS, **account_sessions.ENDPOINTS}
