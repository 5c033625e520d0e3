"""Tables of immutable rows, independent of requests and responses."""
