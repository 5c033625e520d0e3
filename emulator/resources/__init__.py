"""What Stripe does: one module or package for each modelled resource, joined in one explicit table."""

from __future__ import annotations

from collections.abc import Mapping

from emulator.resources import (
    account_links,
    account_sessions,
    accounts,
    capabilities,
    events,
    external_accounts,
    login_links,
    persons,
    tokens,
    v2,
    webhook_endpoints,
)
from emulator.resources.call import Endpoint
from emulator.resources.v2 import event_destinations
from emulator.resources.v2 import events as thin_events

# Every operation that the emulator models, by its id in the catalog.
ENDPOINTS: Mapping[str, Endpoint] = {
    **accounts.ENDPOINTS,
    **account_links.ENDPOINTS,
    **account_sessions.ENDPOINTS,
    **capabilities.ENDPOINTS,
    **external_accounts.ENDPOINTS,
    **login_links.ENDPOINTS,
    **persons.ENDPOINTS,
    **tokens.ENDPOINTS,
    **events.ENDPOINTS,
    **webhook_endpoints.ENDPOINTS,
    **v2.ENDPOINTS,
    **event_destinations.ENDPOINTS,
    **thin_events.ENDPOINTS,
}
