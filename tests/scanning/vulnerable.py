"""A page with two planted holes, for scanners to find: typed text becomes SQL, and becomes HTML."""

import contextlib
import sqlite3
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


_FORM = '<form action="/item"><input name="id" value="1"></form><a href="/item?id=1">one</a>'


class Page(BaseHTTPRequestHandler):
    """Answers every address with the items whose number was asked for."""

    def do_GET(self) -> None:
        """Put what was asked for into SQL and into the page, as it came."""
        asked = parse_qs(urlsplit(self.path).query).get("id", ["1"])[0]
        try:
            with sqlite3.connect(":memory:") as items:
                items.execute("CREATE TABLE item (id integer, name text)")
                items.execute("INSERT INTO item VALUES (1, 'one'), (2, 'two')")
                found = items.execute(f"SELECT name FROM item WHERE id = {asked}").fetchall()  # noqa: S608
        except sqlite3.Error as error:
            found = [(f"sqlite3.OperationalError: {error}",)]
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(f"<html><body>{_FORM}<p>{asked}: {found}</p></body></html>".encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


with contextlib.suppress(KeyboardInterrupt):
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Page).serve_forever()
