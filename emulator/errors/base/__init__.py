"""The body of an error, the registry of all errors, and their shared words."""
