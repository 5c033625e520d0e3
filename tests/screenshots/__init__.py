"""The screenshots in the pages."""
