"""Explains figures: what each is made of."""
