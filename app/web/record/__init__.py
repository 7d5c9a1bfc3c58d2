"""Pages on which the record of acts is read."""
