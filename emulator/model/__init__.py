"""The model of a resource: its declaration, its stored rows, and what answers and asks."""
