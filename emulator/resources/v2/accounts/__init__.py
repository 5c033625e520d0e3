"""Accounts v2: accounts, persons, tokens and account links of /v2/core."""
