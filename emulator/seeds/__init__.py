"""Worlds to start from: fixtures files of the Stripe CLI, run in a sandbox, and sandboxes as such files."""
