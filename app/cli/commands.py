"""Hangs every command on the application."""

from flask import Flask

from app.cli import results, setup, workers


def install(app: Flask) -> None:
    """Make the commands of ``flask --app wsgi`` known."""
    for command in (results.results, setup.setup, workers.sweep, workers.worker):
        app.cli.add_command(command)
