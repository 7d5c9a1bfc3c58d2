"""Invented people and five invented years, with which an empty house can be shown at work."""
