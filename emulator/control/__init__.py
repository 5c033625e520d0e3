"""The emulator's own API under /_emulator, by which tests observe and change sandboxes."""
