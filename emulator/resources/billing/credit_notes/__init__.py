"""Credit notes: their lines, and what they give back."""
