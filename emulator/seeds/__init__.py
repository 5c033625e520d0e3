"""Seeds, data to start from: fixtures files of the Stripe CLI, and sandboxes exported as such."""
