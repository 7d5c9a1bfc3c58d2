"""The page on which people register themselves."""
