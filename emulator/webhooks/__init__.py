"""Deliveries of events: the dispatcher, the sender and the signature."""
