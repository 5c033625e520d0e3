"""Usage of metered prices: meters, their events and alerts, and the credit that pays for it."""
