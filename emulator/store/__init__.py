"""Typed tables of immutable rows. Rows know nothing of requests or responses."""
