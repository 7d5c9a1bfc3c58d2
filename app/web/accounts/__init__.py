"""Pages on which people sign in and choose where to work."""
