"""Pages: the edge where people meet the house."""
