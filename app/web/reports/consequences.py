"""What an act would bring about with this report at this moment, in figures, before it is done."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from flask import g
from flask_babel import gettext

from app.domain.report_contents import Staleness
from app.domain.report_reviews import review_ends_on
from app.domain.reports import ReportEvent
from app.labels.reports import CONSEQUENCES, staleness
from app.persistence.clock import today, transaction_time
from app.persistence.models import Report, Tenant
from app.persistence.queries.calendar import working_days
from app.persistence.queries.expected_reports import expected_by
from app.persistence.queries.official_figures import official_of
from app.persistence.queries.report_rows import staleness_below
from app.persistence.queries.reports import (
    find_report,
    load_snapshot,
    snapshots_of,
    version_accepted_before,
)
from app.web.language import show_date, show_moment, show_number
from app.web.reports.room import content_of


def consequences_of(event: ReportEvent, agency: Tenant, year: int) -> Sequence[str]:
    """Return what the act always brings about, then what it brings about here and now."""
    report = find_report(agency.key, year)
    told = _TOLD.get(event)
    always = [str(one) for one in CONSEQUENCES[event]]
    return [*always, *(told(agency, report) if told and report else ())]


def _told_review(_agency: Tenant, _report: Report) -> Iterator[str]:
    yield gettext(
        "Without a result the review ends by itself at the end of %(day)s, and the agency may then"
        " take its report back.",
        day=show_date(review_ends_on(transaction_time(), working_days())),
    )


def _told_accept(agency: Tenant, report: Report) -> Iterator[str]:
    figures = content_of(load_snapshot(agency.key, report.year, report.version))["figures"]
    yield gettext(
        "Version %(version)s brings: eligible %(people)s, recognised %(recognised)s.",
        version=report.version,
        people=show_number(figures["eligible"]),
        recognised=show_number(figures["recognised"]),
    )
    if report.accepted_version:
        yield gettext(
            "It takes the place of version %(version)s, which counts until now.",
            version=report.accepted_version,
        )


def _told_reopen(agency: Tenant, report: Report) -> Iterator[str]:
    parts = [
        one
        for one in official_of(g.agency.key, report.year).parts
        if one.agency_id == agency.id and not one.is_overlap
    ]
    yield gettext(
        "Version %(version)s takes away: eligible %(people)s, recognised %(recognised)s.",
        people=show_number(sum(one.figures.eligible for one in parts)),
        recognised=show_number(sum(one.figures.recognised for one in parts)),
        version=report.accepted_version,
    )
    again = version_accepted_before(agency.key, report.year, report.version)
    if again:
        figures = content_of(load_snapshot(agency.key, report.year, again))["figures"]
        yield gettext(
            "Version %(version)s counts again: eligible %(people)s, recognised %(recognised)s.",
            version=again,
            people=show_number(figures["eligible"]),
            recognised=show_number(figures["recognised"]),
        )
    yield from _held_by_own(agency, report.year)
    yield from _told_review(agency, report)


def _held_by_own(agency: Tenant, year: int) -> Iterator[str]:
    for own in snapshots_of(g.agency.key, year)[:1]:
        held = [one for one in content_of(own)["below"] if one["id"] == str(agency.id)]
        if any(one["version"] for one in held):
            yield gettext(
                "Version %(version)s of your own report holds it; it will be shown as out of date,"
                " there and at every agency above.",
                version=own.version,
            )


def _told_recall(_agency: Tenant, report: Report) -> Iterator[str]:
    if report.received_at and report.received_version == report.version:
        yield gettext(
            "It was received on %(moment)s; this moment is lost.",
            moment=show_moment(report.received_at),
        )


def _told_uncorrect(agency: Tenant, report: Report) -> Iterator[str]:
    if report.accepted_version is None:
        return
    signed = load_snapshot(agency.key, report.year, report.accepted_version)
    figures = content_of(signed)["figures"]
    yield gettext(
        "Version %(version)s goes on counting: eligible %(people)s, recognised %(recognised)s.",
        version=report.accepted_version,
        people=show_number(figures["eligible"]),
        recognised=show_number(figures["recognised"]),
    )
    stale = staleness_below(agency.key, report.year).get(agency.id, Staleness())
    for changes in staleness(stale):
        yield gettext("%(changes)s: nothing of that is reported by this version.", changes=changes)


def _told_unclose(_agency: Tenant, report: Report) -> Iterator[str]:
    yield gettext(
        "Version %(version)s stays the one that counts; the closing of %(moment)s is undone.",
        version=report.version,
        moment=show_moment(report.changed_at),
    )


def _told_unwaive(agency: Tenant, report: Report) -> Iterator[str]:
    expected = expected_by(g.agency.key, report.year).get(agency.id)
    if expected is None:
        return
    left = expected.days_left(transaction_time())
    day = show_date(today() + timedelta(days=left))
    if left < 0:
        yield gettext("It was due until the end of %(day)s: it counts as overdue.", day=day)
    else:
        yield gettext("It is due until the end of %(day)s.", day=day)


_TOLD = {
    ReportEvent.REVIEW: _told_review,
    ReportEvent.ACCEPT: _told_accept,
    ReportEvent.REOPEN: _told_reopen,
    ReportEvent.RECALL: _told_recall,
    ReportEvent.UNCLOSE: _told_unclose,
    ReportEvent.UNCORRECT: _told_uncorrect,
    ReportEvent.UNWAIVE: _told_unwaive,
}
