"""Lets the agencies above look into one file, and the agency itself open and shut it."""
