"""Subscription schedules and quotes: subscriptions and invoices that begin or change later."""
