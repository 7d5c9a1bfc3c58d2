"""What must hold whatever has failed; each is looked for in the database itself.

No act that somebody was told of is lost, none is done twice or by half, the rolled-up figures,
their sums and the official figures are those of direct SQL and a reconciliation finds nothing,
every chain of acts verifies, and another province has noticed nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Flask
from sqlalchemy import Engine, text

from app.domain.boards import total_of
from app.domain.overlaps import find_overlaps
from app.domain.results import Figures
from app.domain.tenants import TenantKey
from app.persistence.queries.audit_chain import agencies_on_record
from app.persistence.queries.boards import load_board
from app.persistence.queries.overlaps import lines_below, standings_counted_directly
from app.persistence.queries.results import figures_counted_directly, years_with_figures
from app.persistence.queries.tenants import find_tenant, tenants_below
from app.persistence.tenancy import tenant_scope
from app.services.audit_chain import Progress, verify_chain
from app.services.reconciliation import find_differences
from tests.faults.acts import Ledger, Trace, done_by_half, done_twice, lost


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """Everything that is not as it must be, and how much was looked at."""

    lost: Sequence[str]
    twice: Sequence[str]
    by_half: Sequence[str]
    figures: Sequence[str]
    differences: Sequence[str]
    chains: Sequence[str]
    contradictions: Sequence[str]
    links: int
    official: int

    @property
    def problems(self) -> list[str]:
        """Every finding, in words."""
        return [
            *self.lost,
            *self.twice,
            *self.by_half,
            *self.figures,
            *self.differences,
            *self.chains,
            *self.contradictions,
            *([] if self.official else ["nobody stands in official figures: none was held"]),
        ]

    def __str__(self) -> str:
        """Say how many of each there are."""
        return (
            f"acts lost {len(self.lost)}, done twice {len(self.twice)},"
            f" by half {len(self.by_half)}, figures apart {len(self.figures)}"
            f" (of {self.official} people in official ones too),"
            f" reconciliation differences {len(self.differences)},"
            f" chains broken {len(self.chains)} (of {self.links} links),"
            f" contradictions {len(self.contradictions)}"
        )


def examine(app: Flask, owner: Engine, ledger: Ledger, *, province: str, year: int) -> Findings:
    """Look for everything that may have gone wrong."""
    found = traces_of(owner, ledger)
    links, broken = follow_chains(app, owner)
    return Findings(
        lost=lost(ledger.attempts, found),
        twice=done_twice(ledger.attempts, found),
        by_half=done_by_half(ledger.attempts, found),
        figures=[*wrong_rows(owner), *wrong_sums(owner), *wrong_total(app, province, year)],
        differences=unreconciled(app),
        chains=broken,
        contradictions=contradictions(owner),
        links=links,
        official=official_people(owner),
    )


def traces_of(owner: Engine, ledger: Ledger) -> Mapping[Trace, int]:
    """Return how often each trace stands in the database of whatever an attempt was about."""
    with owner.connect() as connection:
        rows = connection.execute(text(_TRACES), {"objects": ledger.objects()})
        return {Trace(row.object_id, row.what): row.times for row in rows}


_TRACES = """
    SELECT dossier_id AS object_id, 'event ' || event AS what, count(*) AS times
    FROM dossier_event WHERE dossier_id = ANY(:objects) GROUP BY 1, 2
    UNION ALL
    SELECT object_id, 'act ' || act, count(*)
    FROM audit_event WHERE object_id = ANY(:objects) GROUP BY 1, 2
    UNION ALL
    SELECT proposal_id, 'decision', count(*)
    FROM decision WHERE proposal_id = ANY(:objects) AND annulled_at IS NULL GROUP BY 1
    UNION ALL
    SELECT asked_by, 'workbook', count(*) FROM export WHERE asked_by = ANY(:objects) GROUP BY 1
    UNION ALL
    SELECT asked_by, 'finished workbook', count(*)
    FROM export WHERE asked_by = ANY(:objects) AND state = 'ready' GROUP BY 1
    UNION ALL
    SELECT tenant_id, concat('report ', event, ' ', version), count(*)
    FROM report_event WHERE tenant_id = ANY(:objects) GROUP BY 1, 2
    UNION ALL
    SELECT tenant_id, concat('report version ', version), count(*)
    FROM report_snapshot WHERE tenant_id = ANY(:objects) GROUP BY 1, 2
    UNION ALL
    SELECT tenant_id, concat('report people ', version), 1
    FROM report_member WHERE tenant_id = ANY(:objects) GROUP BY 1, 2
    UNION ALL
    SELECT tenant_id, concat('report record ', facts ->> 'version'), count(*) FROM audit_event
    WHERE act = 'report-submitted' AND tenant_id = ANY(:objects) GROUP BY 1, 2
"""


def wrong_rows(owner: Engine) -> Sequence[str]:
    """Return every place in which the rolled-up rows are not what one GROUP BY counts."""
    with owner.connect() as connection:
        rows = connection.execute(text(_APART))
        return [
            f"{row.slug} {row.year}, group {row.group_number}, {row.state} {row.outcome}:"
            f" {row.rolled_up} rolled up, {row.counted} counted"
            for row in rows
        ]


_APART = """
    WITH counted AS (
        SELECT province_id, tenant_id, year, unit_id, group_number, state,
            coalesce(outcome, '') AS outcome,
            array[count(*), count(*) FILTER (WHERE is_outstanding),
                count(*) FILTER (WHERE has_digital_skills),
                count(*) FILTER (WHERE is_digitally_fluent)] AS people
        FROM dossier
        GROUP BY province_id, tenant_id, year, unit_id, group_number, state, coalesce(outcome, '')
    ), rolled_up AS (
        SELECT province_id, tenant_id, year, unit_id, group_number, state, outcome,
            array[people, outstanding, with_digital_skills, digitally_fluent]::bigint[] AS people
        FROM unit_result
    )
    SELECT tenant.slug, year, group_number, state, outcome,
        counted.people AS counted, rolled_up.people AS rolled_up
    FROM counted FULL JOIN rolled_up
        USING (province_id, tenant_id, year, unit_id, group_number, state, outcome)
    JOIN tenant ON tenant.id = tenant_id
    WHERE counted.people IS DISTINCT FROM rolled_up.people
"""


def wrong_sums(owner: Engine) -> Sequence[str]:
    """Return every sum, and every official figure, that is not how many people one by one are."""
    with owner.connect() as connection:
        return [
            f"{row.slug} {row.year}, {what}: {row.shown} shown, {row.counted} counted"
            for what, statement in _SUMS_APART.items()
            for row in connection.execute(text(statement))
        ]


_SUMS_APART = {
    "people of an agency": """
        WITH counted AS (
            SELECT tenant_id, year, group_number, count(*) AS people FROM dossier
            WHERE state NOT IN ('withdrawn', 'transferred')
            GROUP BY tenant_id, year, group_number
        )
        SELECT slug, year, eligible AS shown, people AS counted
        FROM counted FULL JOIN agency_result USING (tenant_id, year, group_number)
        JOIN tenant ON tenant.id = tenant_id
        WHERE coalesce(eligible, 0) <> coalesce(people, 0)
    """,
    "people taken off": """
        WITH counted AS (
            SELECT counted_at AS at, tenant_id AS agency_id, year, group_number, count(*) AS people
            FROM overlap GROUP BY counted_at, tenant_id, year, group_number
        ), shown AS (
            SELECT tenant_id AS at, agency_id, year, group_number, eligible FROM agency_overlap
        )
        SELECT slug, year, eligible AS shown, people AS counted
        FROM counted FULL JOIN shown USING (at, agency_id, year, group_number)
        JOIN tenant ON tenant.id = at
        WHERE coalesce(eligible, 0) <> coalesce(people, 0)
    """,
    "people in official figures": """
        WITH everybody AS (
            SELECT tenant_id AS at, year, identity_id FROM dossier
            WHERE state IN ('decided', 'published', 'appealed')
            AND tenant_id IN (SELECT parent_id FROM tenant)
            UNION
            SELECT child.parent_id, report.year, coalesce(dossier.identity_id, member.identity_id)
            FROM report JOIN tenant AS child ON child.id = report.tenant_id
            JOIN report_member AS member ON member.tenant_id = report.tenant_id
                AND member.year = report.year AND member.version = report.accepted_version
            LEFT JOIN dossier ON dossier.id = member.dossier_id
        ), counted AS (
            SELECT at, year, count(*) AS people FROM everybody GROUP BY at, year
        ), shown AS (
            SELECT tenant_id AS at, year,
                sum(CASE WHEN is_overlap THEN -people ELSE people END) AS people
            FROM official_result GROUP BY tenant_id, year
        )
        SELECT slug, year, shown.people AS shown, counted.people AS counted
        FROM counted FULL JOIN shown USING (at, year) JOIN tenant ON tenant.id = at
        WHERE coalesce(shown.people, 0) <> coalesce(counted.people, 0)
    """,
    "people of an accepted version": """
        WITH counted AS (
            SELECT tenant_id AS agency_id, member.year, group_number, member.state, outcome,
                count(*) AS people
            FROM report JOIN report_member AS member USING (tenant_id, year)
            WHERE member.version = report.accepted_version
            GROUP BY tenant_id, member.year, group_number, member.state, outcome
        ), shown AS (
            SELECT agency_id, year, group_number, state, outcome, people
            FROM official_result WHERE agency_id <> tenant_id AND NOT is_overlap
        )
        SELECT slug, year, shown.people AS shown, counted.people AS counted
        FROM counted FULL JOIN shown USING (agency_id, year, group_number, state, outcome)
        JOIN tenant ON tenant.id = agency_id
        WHERE coalesce(shown.people, 0) <> coalesce(counted.people, 0)
    """,
}


def official_people(owner: Engine) -> int:
    """Return how many people stand in official figures: where nobody does, nothing is at risk."""
    with owner.connect() as connection:
        return int(connection.execute(text(_OFFICIAL)).scalar_one())


_OFFICIAL = "SELECT coalesce(sum(people), 0) FROM official_result WHERE NOT is_overlap"


def wrong_total(app: Flask, province: str, year: int) -> Sequence[str]:
    """Return how the board of a province differs from its dossiers, everybody counted once."""
    with app.app_context():
        agency = find_tenant(province)
        assert agency is not None
        with tenant_scope(agency.key):
            line = [agency.key, *(one.key for one in tenants_below(agency.key))]
            shown, lines = load_board(agency.key, year).total, lines_below(agency.key)
        counted = _counted_one_by_one(line, year)
        standings = []
        for key in line:
            with tenant_scope(key):
                standings += standings_counted_directly(year)
        twice = find_overlaps(standings, lines)
        counted -= total_of(Figures.of(tallies) for tallies in twice.values())
    return [] if shown == counted else [f"{province}: {shown} on the board, {counted} counted"]


def unreconciled(app: Flask) -> Sequence[str]:
    """Return where the reconciliation of a night would find something to repair."""
    found = []
    with app.app_context():
        for slug, key in agencies_on_record():
            with tenant_scope(key):
                found += [
                    f"{slug} {year}: {places} places"
                    for year in years_with_figures()
                    if (places := find_differences(year).places)
                ]
    return found


def _counted_one_by_one(line: Sequence[TenantKey], year: int) -> Figures:
    counted = Figures()
    for key in line:
        with tenant_scope(key):
            counted += figures_counted_directly(year)
    return counted


def follow_chains(app: Flask, owner: Engine) -> tuple[int, Sequence[str]]:
    """Follow every chain there is; return how many links, and where one was touched."""
    with owner.connect() as connection:
        rows = connection.execute(text(_CHAINS)).all()
    progress, broken = Progress(), []
    with app.app_context():
        for slug, province_id, tenant_id in rows:
            with tenant_scope(TenantKey(province_id, tenant_id)):
                broken += [
                    f"{slug}, link {fault.seq}: {fault.kind}" for fault in verify_chain(progress)
                ]
    return progress.links, broken


_CHAINS = """
    SELECT tenant.slug, tenant.province_id, tenant.id FROM tenant
    WHERE EXISTS (SELECT FROM audit_head WHERE audit_head.tenant_id = tenant.id)
    OR EXISTS (SELECT FROM audit_event WHERE audit_event.tenant_id = tenant.id)
    ORDER BY tenant.slug
"""


def contradictions(owner: Engine) -> Sequence[str]:
    """Return rows that deny each other: half an act would leave some."""
    with owner.connect() as connection:
        return [
            f"{what}: {', '.join(map(str, found))}"
            for what, statement in _CONTRADICTIONS.items()
            if (found := connection.execute(text(statement)).scalars().all())
        ]


_CONTRADICTIONS = {
    "dossiers whose state their last event did not give them": """
        SELECT dossier.id FROM dossier JOIN LATERAL (
            SELECT to_state FROM dossier_event AS event
            JOIN audit_link AS link ON link.tenant_id = event.tenant_id AND link.row_id = event.id
            WHERE event.tenant_id = dossier.tenant_id AND event.dossier_id = dossier.id
            ORDER BY link.seq DESC LIMIT 1
        ) AS last ON last.to_state <> dossier.state
    """,
    "lists that are decided without a decision, or waiting with one": """
        SELECT proposal.id FROM proposal
        WHERE (proposal.state = 'decided') <> EXISTS (
            SELECT FROM decision WHERE proposal_id = proposal.id AND annulled_at IS NULL
        )
    """,
    "lists on which two decisions stand": """
        SELECT proposal_id FROM decision
        WHERE annulled_at IS NULL AND proposal_id IS NOT NULL
        GROUP BY proposal_id HAVING count(*) > 1
    """,
    "decisions that do not name everybody on their list": """
        SELECT decision.id FROM decision
        WHERE annulled_at IS NULL AND (
            SELECT count(*) FROM decision_item WHERE decision_id = decision.id
        ) <> (
            SELECT count(*) FROM proposal_item WHERE proposal_id = decision.proposal_id
        )
    """,
    "agencies whose lists skip a number": """
        SELECT tenant_id FROM proposal
        GROUP BY tenant_id, year HAVING max(number) <> count(*)
    """,
    "workbooks that are ready and empty": """
        SELECT id FROM export WHERE state = 'ready' AND content IS NULL
    """,
    "reports that were moved or signed more often or less than is on record": """
        SELECT tenant_id FROM report
        WHERE revision <> (
            SELECT count(*) FROM report_event AS event
            WHERE event.tenant_id = report.tenant_id AND event.year = report.year
        ) OR version <> (
            SELECT count(*) FROM report_snapshot AS signed
            WHERE signed.tenant_id = report.tenant_id AND signed.year = report.year
        )
    """,
    "signed versions that count other people than stand behind them": """
        SELECT tenant_id FROM report_snapshot AS signed
        WHERE CAST(CAST(content AS jsonb) #>> '{figures,eligible}' AS integer) <> (
            SELECT count(*) FROM report_member AS member WHERE member.tenant_id = signed.tenant_id
            AND member.year = signed.year AND member.version = signed.version
        )
    """,
}


def neighbour_of(owner: Engine, slug: str) -> str:
    """Return one word for everything that another agency holds: it changes with any of it."""
    with owner.connect() as connection:
        return str(connection.execute(text(_NEIGHBOUR), {"slug": slug}).scalar_one())


_NEIGHBOUR = """
    WITH mine AS (SELECT id FROM tenant WHERE slug = :slug)
    SELECT md5(concat(
        (SELECT string_agg(one::text, '|' ORDER BY id) FROM dossier AS one
            WHERE tenant_id = (SELECT id FROM mine)),
        (SELECT string_agg(one::text, '|' ORDER BY id) FROM dossier_event AS one
            WHERE tenant_id = (SELECT id FROM mine)),
        (SELECT string_agg(one::text, '|' ORDER BY one::text) FROM unit_result AS one
            WHERE tenant_id = (SELECT id FROM mine)),
        (SELECT string_agg(one::text, '|' ORDER BY one::text) FROM audit_head AS one
            WHERE tenant_id = (SELECT id FROM mine))
    ))
"""
