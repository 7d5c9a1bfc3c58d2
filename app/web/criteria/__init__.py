"""The criteria sets of a province: read, written, imported and published."""
