"""The request ladder, from a request of the socket to its answer."""
