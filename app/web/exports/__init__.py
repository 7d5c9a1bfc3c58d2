"""Workbooks that people ask for and fetch."""
