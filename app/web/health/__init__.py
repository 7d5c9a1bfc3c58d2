"""Answers for machines that watch over the house."""
