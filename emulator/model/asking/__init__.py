"""Requests from inside, and objects for ids that nobody created."""
