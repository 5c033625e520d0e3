"""Thin events and event destinations of /v2/core."""
