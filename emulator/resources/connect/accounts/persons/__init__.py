"""The persons of an account: how they change and how they are rendered."""
