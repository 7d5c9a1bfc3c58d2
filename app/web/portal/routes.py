"""Helps people find their agency, and tells machines how the house is."""

from flask import Blueprint, abort, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.persistence.queries.tenants import find_tenant, provinces_served, tenants_below
from app.persistence.tenancy import tenant_scope
from app.web.access import public
from app.web.addressing import address_of


bp = Blueprint("portal", __name__)


@bp.get("/")
@public
def index() -> ResponseReturnValue:
    """List the provinces, each with its agencies; an agency's own root is its first page."""
    if g.agency is not None:
        return redirect(url_for("home.index"))
    provinces = []
    for tenant, count in provinces_served():
        with tenant_scope(tenant.key):
            agencies = [
                {"name": one.name, "url": address_of(one.slug), "kind": one.kind}
                for one in tenants_below(tenant.key)
            ]
        provinces.append(
            {
                "name": tenant.name,
                "url": address_of(tenant.slug),
                "count": count,
                "agencies": agencies,
            }
        )
    return render_template("portal/index.html", provinces=provinces)


@bp.get("/<path:slug>")
@public
def agency(slug: str) -> ResponseReturnValue:
    """Lead somebody who typed only an agency's name on to its first page."""
    if g.agency is not None or find_tenant(slug.strip("/")) is None:
        abort(404)
    return redirect(address_of(slug.strip("/")))
