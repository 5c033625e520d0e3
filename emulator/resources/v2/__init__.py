"""What all of /v2 shares: pages, parameters that may be null, responses with every name."""
