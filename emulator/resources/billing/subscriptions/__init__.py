"""Subscriptions, their items, cycles and schedules; quotes."""
