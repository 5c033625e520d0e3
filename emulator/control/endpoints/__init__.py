"""The endpoints of the control API, a module for each subject, and what they share: requests and responses."""
