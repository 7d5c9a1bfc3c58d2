"""Goes through every page and every file of an agency, as its own people can."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from flask.testing import FlaskClient

from app.jobs.results import recompute
from app.persistence.queries.exports import recent_exports
from app.persistence.unit_of_work import unit_of_work
from tests.builders.jobs import work_on_all
from tests.builders.world import THIS_YEAR
from tests.isolation.access_table import AccessTable, Line
from tests.isolation.agencies import Agency
from tests.isolation.doors import Doors, ids_for, query_of
from tests.isolation.house import House
from tests.isolation.recipes import TELLS_MACHINES


BELOW: Mapping[str, tuple[str, ...]] = {"parent": ("own", "sibling", "child"), "own": ("child",)}
"""Which agencies of the house are below which."""

SENT_TO_READ: Mapping[str, Mapping[str, str]] = {
    "adhoc.workbook": {},
    "inspections.look": {},
    "record.workbook": {},
    "roster.show_number": {"reason": "Đối chiếu giấy tờ"},
}
"""Pages that are sent, and not linked, to read something, with what is typed."""


class Tour:
    """One agency, somebody who may do everything there, and people with dossiers of their own."""

    def __init__(
        self,
        house: House,
        relation: str,
        browser: FlaskClient,
        citizens: Mapping[str, FlaskClient],
    ) -> None:
        self.house, self.relation, self.browser = house, relation, browser
        self.agency, self.doors = house.agencies[relation], Doors(house.app)
        self.citizens = citizens if relation == "own" else {}

    def everything(self) -> Iterator[tuple[str, Any]]:
        """Yield every page, by its endpoint, and every file; each was answered in some way."""
        export = self._write_workbook()
        lines = [line for line in AccessTable().lines if self.doors.is_known(line)]
        for line in sorted(lines, key=lambda line: line.method):
            if line.method == "GET" or line.endpoint in SENT_TO_READ:
                for whose in self._named_by(line):
                    yield line.endpoint, self._open(line, whose)
        self._bring_the_list_in()
        yield "roster.index", self.browser.get(f"/{self.agency.slug}/-/roster/")
        yield "exports.file", self.browser.get(f"/{self.agency.slug}/-/exports/{export}/file")

    def _named_by(self, line: Line) -> Iterator[Agency]:
        """Yield the agency with its own objects, and with those of each agency below."""
        if self.doors.is_furnished(line, self.agency):
            yield self.agency
        if line.object in {"agency below", "agency right below"}:
            for relation in BELOW.get(self.relation, ()):
                things = {line.object: (self.house.agencies[relation].slug,)}
                yield replace(self.agency, things={**self.agency.things, **things})

    def _open(self, line: Line, whose: Agency) -> Any:
        page = self.doors.page(line, ids_for(line, whose)) + query_of(line, self.agency)
        browser = self.citizens.get(line.object, self.browser)
        typed = SENT_TO_READ.get(line.endpoint) if line.method != "GET" else None
        answer = browser.open(f"/{self.agency.slug}/-{page}", method=line.method, data=typed)
        is_told = answer.status_code == 503 and line.endpoint in TELLS_MACHINES
        assert answer.status_code < 500 or is_told, (line.endpoint, self.relation)
        # Read now, so that a file can be closed.
        answer.get_data()
        answer.close()
        return answer

    def _write_workbook(self) -> str:
        """Let the jobs run that a page sets off: the figures, and the workbook."""
        province, tenant = self.agency.key.province_id, str(self.agency.key.tenant_id)
        with self.house.app.app_context():
            recompute(province, tenant, THIS_YEAR)
        asked = self.browser.post(f"/{self.agency.slug}/-/exports/", data={"year": THIS_YEAR})
        assert asked.status_code == 303
        with self.house.world.inside(self.agency.slug), unit_of_work():
            export = str(recent_exports()[0].export.id)
        work_on_all(self.house.world, self.agency.slug)
        return export

    def _bring_the_list_in(self) -> None:
        """Import the good rows of the agency's uploaded list."""
        [upload] = self.agency.things["upload"]
        answer = self.browser.post(f"/{self.agency.slug}/-/roster/imports/{upload}")
        assert answer.status_code == 303
