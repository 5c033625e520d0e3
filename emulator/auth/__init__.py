"""API keys: their kinds, what restricted keys may do, and which sandbox a key opens."""
