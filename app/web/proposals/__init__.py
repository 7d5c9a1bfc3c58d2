"""Lists put before the head."""
