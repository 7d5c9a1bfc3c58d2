"""Every route says who may open it."""

from flask import Flask

from app.web.access import access_of


def test_every_route_declares_its_access(app: Flask):
    undeclared = {
        endpoint
        for endpoint, view in app.view_functions.items()
        if endpoint != "static" and access_of(view) is None
    }
    assert not undeclared, "mark with @requires(Permission...), @signed_in or @public"
