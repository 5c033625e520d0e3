"""What answers a request: verbs, pages of lists, search, expansion."""
