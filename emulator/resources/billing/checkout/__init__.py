"""Checkout sessions, payment links, the billing portal."""
