"""Generic objects of billing: products and prices, subscriptions, invoices, checkout sessions, meters."""
