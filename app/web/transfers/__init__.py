"""Lets dossiers go from one agency to another, by the hands of both."""
