"""The core resources of the API reference: events, tokens, webhook endpoints."""
