"""Deliveries of events: dispatcher, sender and signature."""
