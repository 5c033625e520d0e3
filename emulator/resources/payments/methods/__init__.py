"""Test cards, payment methods, customers and their payment sources."""
