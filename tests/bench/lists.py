"""Puts people before the heads of a province, on sealed lists, with what led there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, Engine, text

from app.domain.dossiers import Outcome
from app.domain.permissions import Actor, Role
from app.domain.proposals import ProposalLine, seal
from app.domain.tenants import TenantKey
from tests.builders.world import PROVINCE, Someone, World


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A list that waits for a head: whose, which, and who stands on it."""

    key: TenantKey
    head: Actor
    proposal_id: UUID
    dossier_ids: tuple[UUID, ...]


class Offices:
    """Who acts in the agencies below a province: a head in each, a team for all of them."""

    def __init__(self, world: World, engine: Engine, year: int) -> None:
        self.engine = engine
        self.province = world.key_of(PROVINCE).province_id
        self.year = year
        self._appraiser = world.make_account(PROVINCE, Role.APPRAISER)
        self._secretary = world.make_account(PROVINCE, Role.SECRETARY)
        self._heads = self._make_heads(world)

    def put_before_heads(self, lists: int, *, lines: int) -> Sequence[Sheet]:
        """Seal and submit lists of so many new people each; the agencies take turns."""
        with self.engine.begin() as connection:
            for statement in _PEOPLE:
                connection.execute(text(statement), self._values(lists, lines))
            for statement in _HISTORY:
                connection.execute(text(statement), self._values(lists, lines))
            return [self._seal(connection, paper) for paper in _sheets(connection)]

    def _make_heads(self, world: World) -> Mapping[UUID, Actor]:
        with self.engine.connect() as connection:
            agencies = connection.execute(text(_AGENCIES), {"province": self.province}).all()
        return {agency: world.make_account(slug, Role.HEAD).actor() for agency, slug in agencies}

    def _values(self, lists: int, lines: int) -> Mapping[str, object]:
        return {
            "province": self.province,
            "year": self.year,
            "lists": lists,
            "lines": lines,
            **_hand("appraiser", self._appraiser),
            **_hand("secretary", self._secretary),
        }

    def _seal(self, connection: Connection, paper: "_Paper") -> Sheet:
        sealed = seal(self.year, paper.number, paper.lines)
        values = {"province": self.province, "tenant": paper.agency, "paper": paper.id}
        connection.execute(text(_SEAL), {**values, "seal": sealed})
        return Sheet(
            key=TenantKey(self.province, paper.agency),
            head=self._heads[paper.agency],
            proposal_id=paper.id,
            dossier_ids=tuple(one.dossier_id for one in paper.lines),
        )


def _hand(name: str, somebody: Someone) -> Mapping[str, object]:
    return {
        name: somebody.id,
        f"{name}_identity": somebody.identity_id,
        f"{name}_name": somebody.name,
    }


@dataclass(frozen=True, slots=True)
class _Paper:
    agency: UUID
    id: UUID
    number: int
    lines: list[ProposalLine]


def _sheets(connection: Connection) -> Sequence[_Paper]:
    papers: dict[UUID, _Paper] = {}
    for agency, paper, number, *line in connection.execute(text(_LINES)):
        position, dossier_id, name, agreed, criteria, verdict = line
        papers.setdefault(paper, _Paper(agency, paper, number, [])).lines.append(
            ProposalLine(
                position=position,
                dossier_id=dossier_id,
                name=name,
                agreed=tuple(agreed),
                criteria=criteria,
                verdict=Outcome(verdict),
            )
        )
    return list(papers.values())


_AGENCIES = """
    SELECT id, slug FROM tenant WHERE province_id = :province
    AND EXISTS (SELECT FROM unit WHERE unit.province_id = :province AND unit.tenant_id = tenant.id)
    AND EXISTS (SELECT FROM cycle WHERE cycle.province_id = :province
        AND cycle.tenant_id = tenant.id)
"""
_PEOPLE = (
    """
    CREATE TEMPORARY TABLE sheet ON COMMIT DROP AS
    SELECT l, agency.tenant_id, agency.unit_id, gen_random_uuid() AS list_id, (
            SELECT coalesce(max(number), 0) FROM proposal WHERE proposal.province_id = :province
            AND proposal.tenant_id = agency.tenant_id AND proposal.year = :year
        ) + row_number() OVER (PARTITION BY agency.tenant_id ORDER BY l) AS number
    FROM generate_series(0, CAST(:lists AS int) - 1) AS l
    JOIN (
        SELECT tenant_id, min(CAST(id AS text))::uuid AS unit_id, count(*) OVER () AS many,
            row_number() OVER (ORDER BY tenant_id) - 1 AS turn
        FROM unit WHERE province_id = :province AND EXISTS (
            SELECT FROM cycle WHERE cycle.province_id = :province
            AND cycle.tenant_id = unit.tenant_id)
        GROUP BY tenant_id
    ) AS agency ON agency.turn = l % agency.many
    """,
    """
    CREATE TEMPORARY TABLE waiting ON COMMIT DROP AS
    SELECT sheet.*, position, gen_random_uuid() AS identity_id, gen_random_uuid() AS person_id,
        gen_random_uuid() AS dossier_id, 'Người chờ ' || l || '.' || position AS name
    FROM sheet CROSS JOIN generate_series(1, CAST(:lines AS int)) AS position
    """,
    "INSERT INTO identity (id, province_id) SELECT identity_id, :province FROM waiting",
    """
    INSERT INTO person (province_id, tenant_id, id, identity_id, unit_id, group_number, name,
        name_sort_key, name_match_key, birth_year, origin, is_active)
    SELECT :province, tenant_id, person_id, identity_id, unit_id, 3, name, name, name, 1980,
        'imported', true
    FROM waiting
    """,
    """
    INSERT INTO dossier (province_id, tenant_id, id, year, person_id, identity_id, unit_id,
        criteria_set, group_number, scale_min, scale_max, step, pass_floor, pass_total,
        outstanding_years, state, self_scores, unit_scores, agreed_scores, evidence,
        agreed_reasons, returned_reasons, has_digital_skills, is_digitally_fluent,
        is_outstanding, is_on_behalf)
    SELECT :province, tenant_id, dossier_id, :year, person_id, identity_id, unit_id,
        criteria_set, group_number, scale_min, scale_max, step, pass_floor, pass_total,
        outstanding_years, 'submitted', scores, scores, scores, array_fill('-'::text, ARRAY[10]),
        '{}', '{}', false, false, false, true
    FROM waiting JOIN criteria_rule ON criteria_set = 'qd-324-2023@1' AND group_number = 3
    CROSS JOIN (SELECT array_fill(CAST(8 AS smallint), ARRAY[10]) AS scores) AS scored
    """,
)


def _happens(event: str, before: str, after: str, hand: str) -> str:
    return f"""
        INSERT INTO dossier_event (province_id, tenant_id, id, dossier_id, event, from_state,
            to_state, round, at, actor_account_id, actor_identity_id, actor_name)
        SELECT :province, tenant_id, gen_random_uuid(), dossier_id, '{event}', '{before}',
            '{after}', 1, clock_timestamp(), :{hand}, :{hand}_identity, :{hand}_name
        FROM waiting
    """  # noqa: S608 - words written here


_HISTORY = (
    _happens("score", "submitted", "in_appraisal", "appraiser"),
    _happens("agree", "in_appraisal", "appraised", "secretary"),
    """
    INSERT INTO proposal (province_id, tenant_id, id, year, number, addressee, state, seal,
        sealed_by, sealed_by_name, submitted_at)
    SELECT :province, tenant_id, list_id, :year, number, 'head', 'submitted', '', :secretary,
        :secretary_name, now()
    FROM sheet
    """,
    """
    INSERT INTO proposal_item (province_id, tenant_id, id, proposal_id, dossier_id, position, name,
        agreed_scores, criteria_set, verdict)
    SELECT :province, waiting.tenant_id, gen_random_uuid(), list_id, dossier_id, position, name,
        agreed_scores, criteria_set, 'recognised'
    FROM waiting JOIN dossier ON dossier.province_id = :province
        AND dossier.tenant_id = waiting.tenant_id AND dossier.id = dossier_id
    """,
    _happens("propose", "appraised", "proposed", "secretary"),
)
_LINES = """
    SELECT sheet.tenant_id, sheet.list_id, sheet.number, item.position, item.dossier_id, item.name,
        item.agreed_scores, item.criteria_set, item.verdict
    FROM sheet JOIN proposal_item AS item ON item.tenant_id = sheet.tenant_id
        AND item.proposal_id = sheet.list_id
    ORDER BY sheet.l, item.position
"""
_SEAL = """
    UPDATE proposal SET seal = :seal
    WHERE province_id = :province AND tenant_id = :tenant AND id = :paper
"""
