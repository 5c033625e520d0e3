"""The parameter language, and the one checker that interprets it."""
