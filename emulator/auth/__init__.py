"""API keys: their kinds, the permissions of restricted keys, and which sandbox a key opens."""
