"""Writing workbooks: the job, who wakes it, and the sweeper for wake-ups that were lost."""

import logging
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from flask_babel import force_locale, gettext
from redis import Redis
from redis.exceptions import RedisError

from app.domain.tenants import TenantKey
from app.exports.board_workbook import load_workbook_figures
from app.exports.province_workbook import write_province_workbook
from app.exports.wording import Wording
from app.jobs.calls import call, let_others_call
from app.jobs.queues import QueueName, connect, open_queue
from app.persistence.queries.exports import load_export, overdue_exports
from app.persistence.queries.tenants import load_tenant_by_id
from app.persistence.tenancy import tenant_scope
from app.persistence.unit_of_work import unit_of_work
from app.services.exports import SILENCE, deliver, give_up, take_up, tell_progress


log = logging.getLogger(__name__)

JOB_SECONDS = 600


def write_export(province_id: int, tenant_id: str, export_id: str) -> None:
    """Write a workbook that was asked for. Safe to run twice or late: one caller takes it up."""
    let_others_call(_pending(export_id))
    key, export = TenantKey(province_id, UUID(tenant_id)), UUID(export_id)
    with tenant_scope(key):
        with unit_of_work():
            is_mine = take_up(export)
            locale = load_export(export).locale if is_mine else ""
        if is_mine:
            with force_locale(locale):
                _write(key, export, locale)


def _write(key: TenantKey, export_id: UUID, locale: str) -> None:
    try:
        file_name, content = _make(key, export_id, Wording(language=locale, gettext=_say))
    except Exception:
        with unit_of_work():
            give_up(
                export_id,
                gettext(
                    "The workbook could not be written. Try again; if it fails again, tell"
                    " the operator the code %(code)s.",
                    code=_code(export_id),
                ),
            )
        raise
    with unit_of_work():
        deliver(export_id, file_name, content)


def _make(key: TenantKey, export_id: UUID, wording: Wording) -> tuple[str, bytes]:
    with unit_of_work():
        year = load_export(export_id).year
        agency = load_tenant_by_id(*key).name
        figures = load_workbook_figures(key, year, wording=wording, code=_code(export_id))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "workbook.xlsx"
        write_province_workbook(path, figures, wording=wording, on_progress=_teller(export_id))
        name = wording.gettext("Learning Citizens %(year)s - %(agency)s", year=year, agency=agency)
        return f"{name}.xlsx", path.read_bytes()


def _teller(export_id: UUID) -> Callable[[int, int], None]:
    """Return what tells of progress, each time in a short transaction of its own."""

    def tell(done: int, total: int) -> None:
        with unit_of_work():
            tell_progress(export_id, done, total)

    return tell


def _say(message: str, /, **facts: object) -> str:
    return str(gettext(message, **facts))


def _code(export_id: UUID) -> str:
    return export_id.hex[-6:].upper()


class ExportWaker:
    """Wakes a worker for a workbook; a Redis that is down is no reason to fail."""

    def __init__(self, redis_url: str) -> None:
        self.connection: Redis = connect(redis_url)

    def __call__(self, key: TenantKey, export_id: UUID) -> bool:
        """Put a job on the queue, unless one waits there; return whether the queue answered."""
        try:
            call(
                open_queue(QueueName.EXPORTS, self.connection),
                _pending(str(export_id)),
                write_export,
                key.province_id,
                str(key.tenant_id),
                str(export_id),
                seconds=JOB_SECONDS,
            )
        except RedisError as error:
            # The row stays in the database, and the sweeper wakes a worker later.
            log.warning("the workbook %s will be late: %s", export_id, error)
            return False
        return True


def _pending(export_id: str) -> str:
    return f"export:{export_id}"


def sweep_exports(waker: ExportWaker, *, patience: timedelta) -> int:
    """Wake workers for every workbook that nobody writes; return how many."""
    overdue = overdue_exports(patience, SILENCE)
    for key, export_id in overdue:
        if not waker(key, export_id):
            break
    return len(overdue)
