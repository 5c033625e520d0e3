"""Subscriptions, their items and cycles."""
