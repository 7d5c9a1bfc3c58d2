"""Uploads: what comes in is checked, read in a child process, and turned into typed rows."""
