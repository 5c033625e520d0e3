"""Money: currencies, fees, and the ledger of balance transactions, from which balances and payouts follow."""
