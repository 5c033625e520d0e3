"""Tables and rules that all parts of an account build on."""
