"""Questions asked of the database. ``find_`` may return None, ``load_`` raises ``MissingError``."""
