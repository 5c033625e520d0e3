"""Transfers between accounts and their reversals, application fees and their refunds."""
