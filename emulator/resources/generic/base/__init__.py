"""Shared parts of generic objects: their additions, and the lists inside them."""
