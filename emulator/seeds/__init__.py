"""Seeds, the initial data of a sandbox: fixtures files of the Stripe CLI, and exports in the same format."""
