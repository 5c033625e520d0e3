"""Invoices, their items and payments, collection, credit notes."""
