"""The emulator's own API under /_emulator: what a test can see and change."""
