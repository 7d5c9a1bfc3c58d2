"""Hands in the agency's own report, and reviews those of the agencies right below."""
