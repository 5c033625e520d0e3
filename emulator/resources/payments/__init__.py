"""Payments: methods, intents, charges, and transfers to connected accounts."""
