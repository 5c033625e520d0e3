"""Billing: products, subscriptions, invoices, checkout sessions, test clocks."""
