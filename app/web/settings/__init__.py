"""Pages on which an agency sets what it wants to be known by and to work by."""
