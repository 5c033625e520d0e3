"""Delivers events: dispatcher, sender and signature."""
