"""Accounts v2, and what all of /v2 shares: pages, parameters that may be null, answers with every name."""
