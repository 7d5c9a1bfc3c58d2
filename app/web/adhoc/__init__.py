"""Asks many agencies below at once, and answers what the agencies above ask."""
