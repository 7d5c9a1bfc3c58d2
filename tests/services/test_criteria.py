"""A province writes its own criteria sets, and what was published before stays as it was."""

import json
from dataclasses import replace
from datetime import date

import psycopg
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.domain.audit import Act
from app.domain.criteria import DraftState, cells_of
from app.domain.criteria_documents import digest_of_document
from app.domain.dossiers import Outcome, State
from app.domain.permissions import Role
from app.domain.refusals import MissingError, RefusedError, Rule
from app.domain.settings import SettingName
from app.launch.postgres import OWNER
from app.persistence.database import db
from app.persistence.models import AuditEvent, CriteriaDraft, CriteriaRule, Dossier, PublishedSet
from app.persistence.queries.criteria import (
    content_of,
    criteria_to_choose,
    find_criteria,
    load_draft,
    load_published,
    open_drafts,
    published_sets,
)
from app.persistence.queries.rules import criteria_reference, group_of, load_criteria
from app.persistence.unit_of_work import unit_of_work
from app.services.criteria import (
    change_draft,
    current_cells,
    discard_draft,
    import_into_draft,
    publish_draft,
    start_draft,
)
from app.services.definitions import PublishedOtherwiseError, publish_criteria
from app.services.settings import change_setting
from tenants.loading import find_criteria_set, load_all_criteria
from tenants.schema import Verification
from tests.builders.lists import Office
from tests.builders.world import (
    DEPARTMENT,
    OTHER_COMMUNE,
    OTHER_PROVINCE,
    PASSING,
    PROVINCE,
    STANDARD_SET,
)
from tests.isolation.walls import Standing, standing


TEXT = "groups.3.indicators.7.text.vi"
PASS = "groups.3.rule.pass_total"
OURS = "lai-chau-qd-324-2023@1"
SIGNED = Verification(
    document="324/QĐ-KHVN",
    signed_on=date(2023, 10, 24),
    issuer="Hội Khuyến học Việt Nam",
    compared_by="Nguyễn Thị Vân",
    compared_on=date(2026, 11, 20),
)


@pytest.fixture
def admin(world):
    return world.make_account(PROVINCE, Role.TENANT_ADMIN, name="Trần Văn Nam").actor()


def draft_of(world, by, *, base=STANDARD_SET, slug=PROVINCE, **changes):
    """Start a draft and write changes into it; return its number and version."""
    with world.inside(slug):
        with unit_of_work():
            draft = start_draft(load_criteria(base), by=by)
            key = draft.id
        with unit_of_work():
            change_draft(key, {TEXT: "Lời văn đã ký", **changes}, version=1, by=by)
        return key, load_draft(key).version


def publish(world, by, *, verification=None, **more):
    key, version = draft_of(world, by, **more)
    with world.inside(PROVINCE), unit_of_work():
        return publish_draft(key, version=version, verification=verification, by=by)


def rule_of(refused):
    return refused.value.rule


def test_a_set_reads_the_same_from_the_database_as_from_its_file(world):
    with world.inside(PROVINCE):
        for shipped in load_all_criteria():
            assert load_criteria(shipped.reference) == shipped


def test_a_draft_begins_as_a_copy_and_keeps_only_what_was_changed(world, admin):
    key, version = draft_of(world, admin, **{PASS: "85"})
    with world.inside(PROVINCE):
        draft = load_draft(key)
        assert draft.changes == {TEXT: "Lời văn đã ký", PASS: "85"}
        assert (draft.based_on, draft.key, version) == (STANDARD_SET, "lai-chau-qd-324-2023", 2)
        assert draft.editor_names == "Trần Văn Nam"
        assert current_cells(draft)["issuer"] == find_criteria_set(STANDARD_SET).issuer


def test_what_is_changed_back_is_no_change(world, admin):
    key, version = draft_of(world, admin)
    before = cells_of(find_criteria_set(STANDARD_SET))[TEXT]
    with world.inside(PROVINCE):
        with unit_of_work():
            assert change_draft(key, {TEXT: f" {before} "}, version=version, by=admin) == 1
        assert load_draft(key).changes == {}


def test_a_stale_screen_writes_nothing(world, admin):
    key, _ = draft_of(world, admin)
    with world.inside(PROVINCE):
        with pytest.raises(RefusedError) as refused, unit_of_work():
            change_draft(key, {TEXT: "khác"}, version=1, by=admin)
        assert rule_of(refused) is Rule.STALE_SCREEN
        assert load_draft(key).changes[TEXT] == "Lời văn đã ký"


def test_a_set_has_one_draft_at_a_time(world, admin):
    draft_of(world, admin)
    with world.inside(PROVINCE), pytest.raises(RefusedError) as refused, unit_of_work():
        start_draft(load_criteria(STANDARD_SET), by=admin)
    assert rule_of(refused) is Rule.CRITERIA_DRAFT_OPEN


def test_a_discarded_draft_makes_room_for_another(world, admin):
    key, version = draft_of(world, admin)
    with world.inside(PROVINCE):
        with unit_of_work():
            discard_draft(key, version=version, by=admin)
        with pytest.raises(MissingError):
            load_draft(key)
        with unit_of_work():
            start_draft(load_criteria(STANDARD_SET), by=admin)
        assert len(open_drafts()) == 1


def test_publishing_adds_the_next_version_with_its_words_rules_and_digest(world, admin):
    assert publish(world, admin, **{PASS: "85"}) == OURS
    with world.inside(PROVINCE):
        found = load_published(OURS)
        assert found.criteria.group(3).indicators[6].text["vi"] == "Lời văn đã ký"
        assert found.criteria.based_on == STANDARD_SET
        assert (found.published_by, found.edited_by) == ("Trần Văn Nam", "Trần Văn Nam")
        assert not found.criteria.is_verified
        assert found.digest == digest_of_document(content_of(OURS))
        rules = db.session.scalars(
            select(CriteriaRule).where(CriteriaRule.criteria_set == OURS)
        ).all()
        assert {one.group_number: one.pass_total for one in rules} == {1: 80, 2: 80, 3: 85, 4: 80}
        draft = db.session.scalars(select(CriteriaDraft)).one()
        assert (draft.state, draft.published_as) == (DraftState.PUBLISHED, OURS)


def test_the_next_draft_continues_the_series_of_the_province(world, admin):
    publish(world, admin)
    assert publish(world, admin, base=OURS, **{TEXT: "Lần hai"}) == "lai-chau-qd-324-2023@2"
    shipped = "lai-chau-2026@1"
    assert publish(world, admin, base=shipped) == "lai-chau-2026@2"
    with world.inside(PROVINCE):
        names = [one.criteria.reference for one in published_sets()]
    assert names[:4] == ["lai-chau-2026@2", shipped, "lai-chau-qd-324-2023@2", OURS]


def test_a_decided_dossier_keeps_its_words_its_rule_and_its_verdict(world, admin):
    office = Office(world)
    dossier_id = office.appraised(PASSING)
    office.published(dossier_id)
    before = told_of(world, dossier_id)
    assert before[:4] == (State.PUBLISHED, Outcome.RECOGNISED, STANDARD_SET, 80)
    publish(world, admin, **{PASS: "95"})
    with world.inside(PROVINCE), unit_of_work():
        choices = [{"group": n, "reference": OURS, "from_year": 2023} for n in (1, 2, 3, 4)]
        change_setting(SettingName.CRITERIA, choices, source="QĐ số 9", by=admin)
    assert told_of(world, dossier_id) == before
    assert before[4] == cells_of(find_criteria_set(STANDARD_SET))[TEXT]


def told_of(world, dossier_id):
    """Return where a dossier stands, what it was scored by, and the words that were asked."""
    with world.inside(DEPARTMENT):
        dossier = db.session.scalars(select(Dossier).where(Dossier.id == dossier_id)).one()
        asked = group_of(dossier).indicators[6].text["vi"]
        return (dossier.state, dossier.outcome, dossier.criteria_set, dossier.pass_total, asked)


def test_a_set_made_in_a_page_is_chosen_by_the_agencies_of_its_province(world, admin):
    publish(world, admin)
    below = world.make_account(DEPARTMENT, Role.TENANT_ADMIN).actor()
    choice = [{"group": 3, "reference": OURS, "from_year": 2026}]
    with world.inside(DEPARTMENT):
        with unit_of_work():
            change_setting(SettingName.CRITERIA, choice, source="", by=below)
        assert criteria_reference(3, 2026) == OURS
        assert OURS in [one.reference for one in criteria_to_choose()]


@pytest.mark.parametrize("slug", [OTHER_PROVINCE, OTHER_COMMUNE])
def test_another_province_neither_sees_nor_chooses_it(world, admin, slug):
    publish(world, admin)
    with world.inside(PROVINCE):
        assert find_criteria(OURS) is not None
    stranger = world.make_account(slug, Role.TENANT_ADMIN).actor()
    with world.inside(slug):
        assert find_criteria(OURS) is None
        assert "lai-chau-2026@1" not in [one.reference for one in criteria_to_choose()]
        with pytest.raises(MissingError):
            load_published(OURS)
        choice = [{"group": 3, "reference": OURS, "from_year": 2026}]
        with pytest.raises(RefusedError) as refused, unit_of_work():
            change_setting(SettingName.CRITERIA, choice, source="", by=stranger)
        assert rule_of(refused) is Rule.CRITERIA_NOT_APPLICABLE


def test_the_second_wall_hides_the_sets_of_other_provinces(world, admin):
    publish(world, admin)
    tables = ("SELECT reference FROM criteria_set", "SELECT criteria_set FROM criteria_rule")
    with world.inside(OTHER_PROVINCE):
        for statement in tables:
            seen = set(db.session.execute(text(statement)).scalars())
            assert seen == {"qd-244-2022@1", STANDARD_SET}
        assert db.session.execute(text("SELECT id FROM criteria_draft")).all() == []


def test_the_first_wall_hides_them_without_the_second(world, admin, config):
    publish(world, admin)
    with (
        standing(Standing.ORM_ONLY, config.owner_database_url),
        world.inside(OTHER_PROVINCE),
    ):
        assert find_criteria(OURS) is None
        assert {one.criteria.province for one in published_sets()} == {None}
        assert open_drafts() == []


def test_a_draft_is_seen_by_nobody_else(world, admin):
    key, _ = draft_of(world, admin)
    for slug in (DEPARTMENT, OTHER_PROVINCE):
        with world.inside(slug), pytest.raises(MissingError):
            load_draft(key)


def test_an_agency_below_writes_no_sets(world):
    below = world.make_account(DEPARTMENT, Role.TENANT_ADMIN).actor()
    with world.inside(DEPARTMENT), pytest.raises(RefusedError) as refused, unit_of_work():
        start_draft(load_criteria(STANDARD_SET), by=below)
    assert rule_of(refused) is Rule.CRITERIA_MADE_AT_TOP


def test_only_administrators_write_sets(world):
    other = world.make_account(PROVINCE, Role.ASSOCIATION).actor()
    with world.inside(PROVINCE), pytest.raises(RefusedError) as refused, unit_of_work():
        start_draft(load_criteria(STANDARD_SET), by=other)
    assert rule_of(refused) is Rule.PERMISSION_NEEDED


@pytest.mark.parametrize("slug", [DEPARTMENT, OTHER_PROVINCE])
def test_the_database_lets_nobody_else_publish(world, slug):
    words = json.dumps({"province": "12", "is_verified": False, "groups": []})
    call = text("SELECT publish_criteria_set('lai-chau-2026@2', 'd', cast(:w AS jsonb), 'x', 'x')")
    with world.inside(slug), pytest.raises(DBAPIError) as refused:
        db.session.execute(call, {"w": words})
    assert refused.value.orig.sqlstate == "42501"


def test_the_database_publishes_no_version_twice_and_none_out_of_turn(world):
    words = json.dumps({"province": "12", "is_verified": False, "groups": []})
    for wanted in ("lai-chau-2026@1", "lai-chau-2026@3"):
        call = text("SELECT publish_criteria_set(:n, 'd', cast(:w AS jsonb), 'x', 'x')")
        with world.inside(PROVINCE), pytest.raises(DBAPIError) as refused:
            db.session.execute(call, {"w": words, "n": wanted})
        assert refused.value.orig.sqlstate == "23505"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE criteria_set SET content = '{}'",
        "UPDATE criteria_rule SET pass_total = 10",
        "DELETE FROM criteria_rule",
    ],
)
def test_not_even_the_owner_changes_a_published_set(postgres, database, statement):
    never = pytest.raises(psycopg.errors.RestrictViolation, match="never changes")
    with psycopg.connect(postgres.dsn(database, OWNER)) as connection, never:
        connection.execute(statement)


def test_the_application_writes_published_sets_by_no_other_way(world):
    statement = select(PublishedSet)
    with world.inside(PROVINCE):
        row = db.session.scalars(statement).first()
        row.digest = "another"
        with pytest.raises(DBAPIError, match="permission denied"):
            db.session.flush()
        db.session.rollback()


def test_a_draft_without_its_english_is_not_published(world, admin):
    key, version = draft_of(world, admin, **{"groups.3.indicators.7.text.en": ""})
    with world.inside(PROVINCE), pytest.raises(RefusedError) as refused, unit_of_work():
        publish_draft(key, version=version, verification=None, by=admin)
    assert rule_of(refused) is Rule.CRITERIA_INCOMPLETE
    assert refused.value.facts == {"count": 1}


def test_a_draft_that_says_nothing_new_is_published_only_as_verified(world, admin):
    with world.inside(PROVINCE):
        with unit_of_work():
            key = start_draft(load_criteria(STANDARD_SET), by=admin).id
        with pytest.raises(RefusedError) as refused, unit_of_work():
            publish_draft(key, version=1, verification=None, by=admin)
        assert rule_of(refused) is Rule.CRITERIA_UNCHANGED
        with unit_of_work():
            publish_draft(key, version=1, verification=SIGNED, by=admin)
        assert load_criteria(OURS).verification == SIGNED


def test_whoever_wrote_a_draft_does_not_verify_it_while_somebody_else_can(world, admin):
    second = world.make_account(PROVINCE, Role.TENANT_ADMIN, name="Vũ Thị Hòa").actor()
    key, version = draft_of(world, admin)
    with world.inside(PROVINCE):
        with pytest.raises(RefusedError) as refused, unit_of_work():
            publish_draft(key, version=version, verification=SIGNED, by=admin)
        assert rule_of(refused) is Rule.VERIFIER_EDITED
        with unit_of_work():
            publish_draft(key, version=version, verification=SIGNED, by=second)
        found = load_published(OURS)
        assert (found.published_by, found.edited_by) == ("Vũ Thị Hòa", "Trần Văn Nam")
        assert found.criteria.is_verified


def test_an_administrator_alone_may_verify_what_they_wrote(world, admin):
    assert publish(world, admin, verification=SIGNED) == OURS


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ({"document": " "}, Rule.VERIFICATION_INCOMPLETE),
        ({"compared_by": ""}, Rule.VERIFICATION_INCOMPLETE),
        ({"compared_on": date(2026, 11, 22)}, Rule.DAY_NOT_COME),
    ],
)
def test_a_verification_names_a_document_and_somebody(world, admin, wrong, rule):
    with pytest.raises(RefusedError) as refused:
        publish(world, admin, verification=replace(SIGNED, **wrong))
    assert rule_of(refused) is rule


def test_a_file_keeps_its_good_cells_in_the_draft_and_the_record_says_so(world, admin):
    key, version = draft_of(world, admin)
    with world.inside(PROVINCE):
        with unit_of_work():
            cells = {PASS: "90", "nowhere": "x"}
            assert import_into_draft(key, cells, refused=2, version=version, by=admin) == 1
        assert load_draft(key).changes[PASS] == "90"
        acts = db.session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()
    assert [one.act for one in acts][-1] is Act.CRITERIA_DRAFT_IMPORTED
    assert acts[-1].facts["refused"] == 2
    assert acts[-1].facts["cells"] == [PASS]
    assert acts[-1].facts["reference"] == "lai-chau-qd-324-2023"


def test_a_file_cannot_take_the_place_of_what_was_published(world, admin, monkeypatch):
    publish(world, admin, base="lai-chau-2026@1")
    shipped = find_criteria_set("lai-chau-2026@1")
    clash = replace(shipped, version=2)
    monkeypatch.setattr("app.services.definitions.load_all_criteria", lambda: (clash,))
    monkeypatch.setattr(
        "app.services.definitions.published_digests", lambda: {clash.reference: "of the file"}
    )
    told = pytest.raises(PublishedOtherwiseError, match="give the file the next version")
    with world.app.app_context(), world.owner(), told:
        publish_criteria()
