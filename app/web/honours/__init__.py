"""The public honour roll."""
