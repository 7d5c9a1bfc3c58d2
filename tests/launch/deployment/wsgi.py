"""A deployment of one page: all that the launcher asks of an application, and nothing else."""

import os
import time

import click
import psycopg
from flask import Flask


app = Flask("wsgi")


def _connect(variable):
    return psycopg.connect(os.environ[variable].replace("+psycopg", ""))


@app.get("/readyz")
def answer():
    with _connect("DATABASE_URL") as connection:
        return str(connection.execute("SELECT count(*) FROM note").fetchone()[0])


@app.cli.command("setup")
@click.option("--demo", is_flag=True)
def set_up(demo):
    with _connect("OWNER_DATABASE_URL") as connection:
        connection.execute("INSERT INTO note VALUES (%s)", ["demonstration" if demo else "setup"])
    click.echo(f"Tenants applied, demonstration {os.environ['BANGVANG_DEMO']}")


@app.cli.command("demo")
@click.argument("what")
def show(what):
    click.echo(f"The {what}: Nguyễn Thị Hường")


@app.cli.command("worker")
@click.argument("queue")
def work(queue):
    click.echo(f"Listening on {queue}")
    time.sleep(60)


@app.cli.command("sweep")
def sweep():
    time.sleep(60)


@app.cli.command("tick")
def tick():
    time.sleep(60)
