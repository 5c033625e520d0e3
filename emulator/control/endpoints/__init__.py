"""The endpoints of the control API, one module per subject, with shared modules for requests and responses."""
