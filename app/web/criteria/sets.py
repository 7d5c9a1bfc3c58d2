"""The published sets that an agency may use, and everything that one of them says."""

import io

from flask import g, render_template, send_file
from flask.typing import ResponseReturnValue

from app.domain.permissions import Permission
from app.exports.criteria_file import write_toml
from app.labels.criteria import CELLS, EVIDENCE_DEMANDS
from app.persistence.queries.criteria import (
    content_of,
    find_criteria,
    load_published,
    open_drafts,
    published_sets,
)
from app.persistence.queries.tenants import tenants_above
from app.web.access import current_actor, requires


@requires(Permission.SETTINGS_READ)
def index() -> ResponseReturnValue:
    """List the sets of the nation and of the province, and the drafts of this agency."""
    return render_template(
        "criteria/index.html",
        sets=published_sets(),
        drafts=open_drafts(),
        may_write=may_write(),
        writer=tenants_above(g.agency.key)[-1],
    )


def may_write() -> bool:
    """Tell whether whoever asks may write sets here: an administrator at the top of a province."""
    return g.agency.parent_id is None and current_actor().may(Permission.SETTINGS_EDIT)


@requires(Permission.SETTINGS_READ)
def show(reference: str) -> ResponseReturnValue:
    """Show every word and number of a set."""
    published = load_published(reference)
    base = published.criteria.based_on
    return render_template(
        "criteria/show.html",
        published=published,
        criteria=published.criteria,
        base=find_criteria(base) if base else None,
        cells=CELLS,
        demands=EVIDENCE_DEMANDS,
        may_write=may_write(),
    )


@requires(Permission.SETTINGS_READ)
def file(reference: str) -> ResponseReturnValue:
    """Hand out a set in the form of the files that ship."""
    content = write_toml(content_of(reference)).encode()
    name = f"{reference.replace('@', '-')}.toml"
    return send_file(
        io.BytesIO(content), "application/toml", as_attachment=True, download_name=name
    )
