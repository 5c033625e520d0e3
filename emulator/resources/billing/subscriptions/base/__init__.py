"""The base of subscriptions: their items, invoices, prorations, trials, and the checks of requests."""
