"""The conventions of /v2: pages of lists and nullable parameters."""
