"""The bank accounts and debit cards of an account."""
