"""Rows as JSON: their fields, references and metadata."""
