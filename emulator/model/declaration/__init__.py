"""A resource as a declaration, and the table of all."""
