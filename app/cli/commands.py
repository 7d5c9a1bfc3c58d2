"""Hangs every command on the application."""

from flask import Flask

from app.cli import audit, criteria, demo, jobs, keys, results, setup, tenants, users, workers
from app.cli.mishaps import explain_mishaps


COMMANDS = (
    audit.audit,
    criteria.criteria,
    demo.demo,
    jobs.jobs,
    keys.keys,
    results.results,
    setup.setup,
    tenants.tenants,
    users.users,
    workers.sweep,
    workers.tick,
    workers.worker,
)

for _command in COMMANDS:
    explain_mishaps(_command)


def install(app: Flask) -> None:
    """Make the commands of ``flask --app wsgi`` known."""
    for command in COMMANDS:
        app.cli.add_command(command)
