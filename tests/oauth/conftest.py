"""The pages are opened in a browser."""

from ..chromium import browser, page

__all__ = ["browser", "page"]
