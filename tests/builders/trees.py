"""Plants agencies below a province and puts people into several of them at once, past all acts."""

from collections.abc import Iterable, Sequence
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import text

from app.domain.digital_skills import DigitalSkill
from app.domain.dossiers import Outcome, State
from app.domain.ids import new_id
from app.domain.overlaps import Standing
from app.domain.results import DECIDED_STATES
from app.domain.vietnamese import sort_key
from app.persistence.database import db
from app.persistence.unit_of_work import unit_of_work
from app.services.results import recompute_result
from tenants.schema import TenantKind
from tests.builders.world import (
    COMMUNE,
    DEPARTMENT,
    OTHER_PROVINCE,
    PASSING,
    PROVINCE,
    STANDARD_SET,
    THIS_YEAR,
    World,
)


class Tree:
    """Agencies below one province: by slug, each with its line and its kind."""

    def __init__(self, world: World, root: str = OTHER_PROVINCE) -> None:
        self.world = world
        self.root = root
        self.province, root_id = world.key_of(root)
        self.ids: dict[str, UUID] = {root: root_id}
        self.kinds: dict[str, TenantKind] = {root: TenantKind.ASSOCIATION}
        self.lines: dict[str, tuple[str, ...]] = {root: (root,)}

    def adopt(self, slug: str, kind: TenantKind) -> None:
        """Take in an agency that stands right below the root already."""
        self.ids[slug], self.kinds[slug] = self.world.key_of(slug).tenant_id, kind
        self.lines[slug] = (slug, self.root)

    def plant(self, slug: str, parent: str, kind: TenantKind) -> str:
        """Add an agency with one unit below another."""
        self.ids[slug], self.kinds[slug] = new_id(), kind
        self.lines[slug] = (slug, *self.lines[parent])
        values = {
            "province": self.province,
            "id": self.ids[slug],
            "parent": self.ids[parent],
            "slug": slug,
            "kind": kind.value,
            "key": sort_key(slug),
            "unit": new_id(),
        }
        with self.world.app.app_context(), self.world.owner(), unit_of_work():
            for statement in _PLANT:
                db.session.execute(text(statement), values)
        return slug

    def grow(self, chance: Random, agencies: int) -> None:
        """Add agencies of any kind, each below any that is there."""
        for number in range(agencies):
            parent = chance.choice(sorted(self.ids))
            self.plant(f"tree-{number}", parent, chance.choice(sorted(TenantKind)))

    def below(self, slug: str) -> frozenset[UUID]:
        """Return an agency and all below it."""
        return frozenset(self.ids[one] for one, line in self.lines.items() if slug in line)

    def put(self, slug: str, year: int, identity: UUID, **more: Any) -> Standing:
        """Let somebody stand in an agency, without the acts that lead there."""
        standing = Standing(
            identity_id=identity,
            dossier_id=new_id(),
            agency=self.ids[slug],
            kind=self.kinds[slug],
            **{"group": 3, "state": State.REGISTERED, "outcome": None, **more},
        )
        values = {
            "province": self.province,
            "tenant": standing.agency,
            "year": year,
            "person": new_id(),
            "set": STANDARD_SET,
            "scores": PASSING,
            **{name: getattr(standing, name) for name in _FACTS},
        }
        with self.world.app.app_context(), self.world.owner(), unit_of_work():
            for statement in _PUT:
                db.session.execute(text(statement), values)
        return standing

    def remove(self, standing: Standing) -> None:
        """Take a dossier away, and say that figures are out of date."""
        with self.world.app.app_context(), self.world.owner(), unit_of_work():
            for statement in _REMOVE:
                db.session.execute(text(statement), {"dossier": standing.dossier_id})

    def move(self, standing: Standing, state: State) -> None:
        """Let a dossier stand elsewhere, and say that figures are out of date."""
        with self.world.app.app_context(), self.world.owner(), unit_of_work():
            for statement in _MOVE:
                db.session.execute(
                    text(statement), {"dossier": standing.dossier_id, "state": state.value}
                )

    def recompute(self, slugs: Iterable[str], year: int) -> None:
        """Do what workers would."""
        for slug in slugs:
            with self.world.inside(slug), unit_of_work():
                recompute_result(year, is_forced=True)


def put_somebody_into_both(world: World, year: int = THIS_YEAR, **more: Any) -> None:
    """Let one human being stand in the department and in the commune, and recompute both."""
    tree, identity = Tree(world, PROVINCE), new_id()
    for slug, kind in ((DEPARTMENT, TenantKind.DEPARTMENT), (COMMUNE, TenantKind.COMMUNE)):
        tree.adopt(slug, kind)
        tree.put(slug, year, identity, **more)
    tree.recompute((DEPARTMENT, COMMUNE), year)


def any_facts(chance: Random) -> dict[str, Any]:
    """Return where somebody may stand: in any group and state, with any outcome."""
    state = chance.choice(sorted(State))
    outcome = chance.choice(sorted(Outcome)) if state in DECIDED_STATES else None
    is_recognised = outcome is Outcome.RECOGNISED
    skill = chance.choice(tuple(DigitalSkill))
    return {
        "group": chance.randint(1, 4),
        "state": state,
        "outcome": outcome,
        "is_outstanding": is_recognised and chance.random() < 0.5,
        "has_digital_skills": skill.has_skills,
        "is_digitally_fluent": skill.is_fluent,
    }


_FACTS: Sequence[str] = (
    "identity_id",
    "dossier_id",
    "group",
    "state",
    "outcome",
    "is_outstanding",
    "has_digital_skills",
    "is_digitally_fluent",
)
_PLANT = (
    """
    INSERT INTO tenant (province_id, id, parent_id, slug, kind, name, name_sort_key,
        is_suspended, is_demonstration)
    VALUES (:province, :id, :parent, :slug, :kind, :slug, :key, false, false)
    """,
    """
    INSERT INTO tenant_closure (province_id, ancestor_id, descendant_id, depth)
    SELECT :province, ancestor_id, :id, depth + 1 FROM tenant_closure
    WHERE descendant_id = :parent
    UNION ALL SELECT :province, :id, :id, 0
    """,
    """
    INSERT INTO unit (province_id, tenant_id, id, kind, name, name_sort_key, is_active)
    VALUES (:province, :id, :unit, 'division', 'Phòng', 'phong', true)
    """,
)
_PUT = (
    """
    INSERT INTO identity (id, province_id) VALUES (:identity_id, :province)
    ON CONFLICT DO NOTHING
    """,
    """
    INSERT INTO person (province_id, tenant_id, id, identity_id, unit_id, group_number, name,
        name_sort_key, name_match_key, birth_year, origin, is_active)
    SELECT :province, :tenant, :person, :identity_id, id, :group, 'Lò Thị Pánh', 'lo', 'lo', 1988,
        'imported', true
    FROM unit WHERE tenant_id = :tenant LIMIT 1
    ON CONFLICT DO NOTHING
    """,
    """
    INSERT INTO dossier (province_id, tenant_id, id, year, person_id, identity_id, unit_id,
        criteria_set, group_number, scale_min, scale_max, step, pass_floor, pass_total,
        outstanding_years, state, self_scores, agreed_scores, evidence, agreed_reasons,
        returned_reasons, has_digital_skills, is_digitally_fluent, outcome, is_outstanding,
        is_on_behalf)
    SELECT :province, :tenant, :dossier_id, :year, person.id, :identity_id, person.unit_id,
        rule.criteria_set, rule.group_number, scale_min, scale_max, step, pass_floor, pass_total,
        outstanding_years, :state, CAST(:scores AS smallint[]), CAST(:scores AS smallint[]),
        array_fill(CAST('' AS text), ARRAY[10]), '{}', '{}', :has_digital_skills,
        :is_digitally_fluent, :outcome, :is_outstanding, false
    FROM person JOIN criteria_rule AS rule
        ON rule.criteria_set = :set AND rule.group_number = :group
    WHERE person.tenant_id = :tenant AND person.identity_id = :identity_id
    """,
)
_MARK = """
    INSERT INTO rollup_mark (province_id, tenant_id, year)
    SELECT province_id, tenant_id, year FROM dossier WHERE id = :dossier
"""
_REMOVE = (_MARK, "DELETE FROM dossier WHERE id = :dossier")
_MOVE = (_MARK, "UPDATE dossier SET state = :state WHERE id = :dossier")
