"""Official clients that run outside the tests' own process, and where they are installed."""
