"""Work that takes long, for a fault to come upon: a list being brought in, a province recounted."""

from collections.abc import Sequence
from itertools import count

from sqlalchemy import text

from app.domain.permissions import Role
from app.domain.roster import ImportState
from app.domain.roster_files import Field
from app.intake.kept import list_to_text, mapping_to_json
from app.intake.roster_header import ColumnMapping
from app.intake.sheets import Sheet
from app.jobs.rosters import PART
from app.persistence.unit_of_work import unit_of_work
from app.services.roster_import import start_import
from app.services.roster_uploads import Columns, choose_columns, keep_upload
from tests.faults.load import DEPARTMENTS
from tests.faults.processes import wait_until
from tests.faults.stage import Stage


HERE = DEPARTMENTS[2]
ROWS = 4 * PART
_YEARS = count(1950)
_PEOPLE_EACH = 2
_CHECK_SECONDS = 90.0
_SOON = 20.0
_HEADINGS = ("Họ và tên", "Năm sinh")
_MAPPING = ColumnMapping(
    header_row=1, first_row=2, headings=_HEADINGS, columns={Field.NAME: 0, Field.BIRTH: 1}
)


class LongWork:
    """A long list of one department, and figures of a whole province that all stand wrong.

    Every agency of it has somebody: whichever is being counted as the fault comes can lose.
    """

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        # How many agencies were still to be counted at each moment that a fault came.
        self.left: list[int] = []
        self._officer = stage.world.make_account(HERE, Role.OFFICER).actor()
        self._columns = Columns(
            mapping=mapping_to_json(_MAPPING),
            headings={},
            unit_id=stage.world.unit_of(HERE),
            group_number=3,
        )
        with stage.owner.connect() as connection:
            slugs = connection.execute(text(_AGENCIES), {"slug": HERE}).scalars().all()
        for slug in slugs:
            stage.list_people(slug, _PEOPLE_EACH)
        with stage.world.inside(HERE), unit_of_work():
            self._upload = keep_upload(
                list_to_text(Sheet(name="ds", rows=((1, _HEADINGS), *_people(next(_YEARS))))),
                self._columns,
                year=stage.year,
                file_name="ds.xlsx",
                rows=ROWS,
                seal=stage.app.extensions["number_seal"],
                by=self._officer,
            )

    def begin(self) -> list[str]:
        """Have the list looked through and brought in; return once the first people are there."""
        with self._stage.world.inside(HERE), unit_of_work():
            choose_columns(self._upload, self._columns, by=self._officer)
        if not wait_until(lambda: self._stands()[0] == ImportState.CHECKED, _CHECK_SECONDS):
            return [f"the list is {self._stands()[0]} still"]
        with self._stage.world.inside(HERE), unit_of_work():
            start_import(self._upload, by=self._officer)
        wait_until(lambda: self._stands()[1] > 0, _SOON)
        state, people = self._stands()
        is_under_way = state == ImportState.IMPORTING and people < ROWS
        return (
            [] if is_under_way else [f"{people} of {ROWS} people are there: nothing to interrupt"]
        )

    def spoil(self) -> list[str]:
        """Let every figure of the province be wrong and out of date; return once some are right."""
        province = self._stage.world.key_of(HERE).province_id
        values = {"province": province, "year": self._stage.year}
        with self._stage.owner.begin() as connection:
            connection.execute(text(_SPOIL), values)
            marked = connection.execute(text(_MARK), values).rowcount
        # A mark wakes nobody when it is put past the house: a form on the desks does.
        is_begun = wait_until(lambda: self._marks() < marked, _SOON)
        self.left.append(self._marks())
        return [] if is_begun else ["nobody began to count the province"]

    def _marks(self) -> int:
        with self._stage.owner.connect() as connection:
            return int(connection.execute(text("SELECT count(*) FROM rollup_mark")).scalar_one())

    def __str__(self) -> str:
        """Say what was interrupted."""
        left = ", ".join(map(str, self.left))
        return f"while a list of {ROWS} was brought in and a province counted ({left} marks left)"

    def problems(self) -> Sequence[str]:
        """Return what is wrong with the list, once all is done: everybody is on the roster once."""
        (state, people), values = self._stands(), {"id": self._upload}
        with self._stage.owner.connect() as connection:
            listed, added = connection.execute(text(_LISTED), values).one()
        found = (state, people, listed, added)
        wanted = (ImportState.IMPORTED, ROWS, ROWS, ROWS)
        problems = [] if found == wanted else [f"the list: {found}, and not {wanted}"]
        return problems if any(self.left) else [*problems, "the province was counted already"]

    def _stands(self) -> tuple[str, int]:
        with self._stage.owner.connect() as connection:
            row = connection.execute(text(_STANDS), {"id": self._upload}).one()
        return row.state, row.people


def _people(year: int) -> list[tuple[int, tuple[str, str]]]:
    """Return as many people, each of a name of their own, born in a year of this list alone."""
    letters = "aeghiklmnopqrstuvxy"
    return [
        (row, (f"Bế {''.join(letters[row // 19**place % 19] for place in range(4))}", str(year)))
        for row in range(2, ROWS + 2)
    ]


_AGENCIES = """
    SELECT slug FROM tenant
    WHERE province_id = (SELECT province_id FROM tenant WHERE slug = :slug)
    AND EXISTS (SELECT FROM unit WHERE unit.tenant_id = tenant.id)
"""
_STANDS = "SELECT state, people FROM roster_import WHERE id = :id"
_LISTED = """
    SELECT
        (SELECT count(*) FROM dossier JOIN person ON person.id = dossier.person_id
            WHERE person.name LIKE 'Bế %' AND person.created_at >= roster_import.created_at),
        (SELECT sum(CAST(facts ->> 'added' AS integer)) FROM audit_event
            WHERE object_id = roster_import.id)
    FROM roster_import WHERE id = :id
"""
_SPOIL = "UPDATE unit_result SET people = people + 1 WHERE province_id = :province"
_MARK = """
    INSERT INTO rollup_mark (province_id, tenant_id, year)
    SELECT province_id, id, :year FROM tenant WHERE province_id = :province
"""
