"""The Connect resources of the API reference: accounts and all that belongs to one, links, account sessions."""
