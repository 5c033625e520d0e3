"""The dashboard under /_emulator/: a page that shows a sandbox to people, by the same control API that tests use."""
