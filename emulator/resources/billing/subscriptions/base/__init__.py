"""What subscriptions share: their items, invoices, prorations, trials, and the checks of requests."""
