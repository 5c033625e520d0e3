"""Types of parameters and responses as data, the checker of parameters, and functions on their trees."""
