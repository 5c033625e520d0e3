"""The dashboard under /_emulator/: a web page that shows a sandbox, by means of the control API."""
