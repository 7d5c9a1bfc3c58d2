"""Times the workbook of a province against its own queries, run bare."""

import tempfile
from pathlib import Path

from sqlalchemy import create_engine

from app.exports.board_workbook import load_workbook_figures
from app.exports.province_workbook import write_province_workbook
from app.exports.wording import Wording
from app.persistence.database import db
from tests.bench.measuring import Measurement, bare, measure, recording
from tests.builders.world import PROVINCE, World


def measure_exports(world: World, size: int, year: int) -> list[Measurement]:
    """Time the province's workbook, from its first question to its last byte."""
    wording = Wording(language="vi", gettext=lambda message, /, **facts: message % facts)

    def work() -> None:
        with world.inside(PROVINCE) as key, tempfile.TemporaryDirectory() as folder:
            figures = load_workbook_figures(key, year, wording=wording, code="MEASUR")
            path = Path(folder) / "workbook.xlsx"
            write_province_workbook(path, figures, wording=wording, on_progress=_tell_nobody)

    with world.app.app_context():
        engine = db.engine
    with recording(engine) as statements:
        work()
    plain = create_engine(engine.url, connect_args={"options": "-c role=bangvang_app"})
    try:
        return [measure("export: the province's workbook", size, work, bare(plain, statements))]
    finally:
        plain.dispose()


def _tell_nobody(_done: int, _total: int) -> None:
    """Say nothing of progress: there is nobody who waits."""
