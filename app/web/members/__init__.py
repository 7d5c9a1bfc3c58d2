"""Pages on which an administrator says who works in the agency, and as what."""
