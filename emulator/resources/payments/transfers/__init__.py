"""Transfers between accounts, application fees, and what takes them back."""
