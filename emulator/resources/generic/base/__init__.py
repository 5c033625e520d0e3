"""Shared parts of generic objects: their behaviour, and the lists inside them."""
