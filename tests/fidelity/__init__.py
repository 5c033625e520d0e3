"""The generator of the FIDELITY.md pages: `python -m tests.fidelity` writes them, a test keeps them fresh."""
