"""Commands: the edge where the operator meets the house."""
