"""Workbooks that leave the house: templates, lists with their errors, and reports."""
