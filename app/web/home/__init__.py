"""The first page of an agency."""
