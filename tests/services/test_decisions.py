"""A decision is taken once, by clean hands, on what was sealed, and then it stands."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from app.domain.decisions import Addressee, ProposalState, Ruling
from app.domain.dossiers import Outcome, State
from app.domain.ids import new_id
from app.domain.permissions import Role
from app.domain.refusals import MissingError, RefusedError, Rule
from app.persistence.clock import today
from app.persistence.database import db
from app.persistence.models import Decision, DecisionItem
from app.persistence.queries.decisions import honours_of, items_of_decision, load_decision
from app.persistence.queries.dossiers import load_dossier
from app.persistence.queries.proposals import load_proposal
from app.persistence.unit_of_work import unit_of_work
from app.services.decisions import annul, decide, publish
from tests.builders.lists import Office, as_earned
from tests.builders.world import COMMUNE, DEPARTMENT, FAILING, OTHER_COMMUNE, THIS_YEAR


@pytest.fixture
def office(world):
    return Office(world)


def decide_all(office, proposal_id, *, by=None, rulings=None, struck=None, **signature):
    signed = office.signature(**signature)
    with office.world.inside(office.slug), unit_of_work():
        return decide(
            proposal_id,
            signature=signed,
            rulings=as_earned(proposal_id) if rulings is None else rulings,
            struck=struck,
            by=by or office.head.actor(),
        ).id


def refused(rule):
    return pytest.raises(RefusedError, match=rule.value)


def test_a_decision_says_of_each_person_what_they_earned(world, office):
    strong, weak = office.appraised(), office.appraised(scores=FAILING)
    decision_id = decide_all(office, office.submitted(strong, weak))
    with world.inside(DEPARTMENT):
        assert load_dossier(strong).outcome is Outcome.RECOGNISED
        assert load_dossier(strong).state is State.DECIDED
        assert load_dossier(weak).outcome is Outcome.NOT_RECOGNISED
        assert load_dossier(weak).outcome_reason == "Chưa đủ điểm."
        assert len(items_of_decision(decision_id)) == 2
        assert load_decision(decision_id).legal_bases


def test_the_head_never_decides_on_himself(world, office):
    own = office.appraised(identity=office.head.identity_id)
    proposal_id = office.submitted(own, addressee=Addressee.SUPERIOR)
    with refused(Rule.SELF_DEALING):
        decide_all(office, proposal_id)
    above = world.make_account(DEPARTMENT, Role.SUPERIOR)
    decide_all(office, proposal_id, by=above.actor())
    with world.inside(DEPARTMENT):
        assert load_dossier(own).outcome is Outcome.RECOGNISED


def test_the_database_refuses_a_head_on_himself_too(world, office):
    own = office.appraised(identity=office.head.identity_id)
    office.submitted(own, addressee=Addressee.SUPERIOR)
    with world.inside(DEPARTMENT), pytest.raises(DBAPIError, match="the subject of a dossier"):
        insert_decide_event(own, office.head)


def test_the_database_refuses_an_appraiser_who_decides(world, office):
    dossier_id = office.appraised()
    office.submitted(dossier_id)
    with world.inside(DEPARTMENT), pytest.raises(DBAPIError, match="the appraiser of a dossier"):
        insert_decide_event(dossier_id, office.appraiser)


def insert_decide_event(dossier_id, somebody):
    db.session.execute(
        text(
            "INSERT INTO dossier_event (province_id, tenant_id, id, dossier_id, event,"
            " from_state, to_state, round, at, actor_account_id, actor_identity_id, actor_name)"
            " VALUES (:province, :tenant, :id, :dossier, 'decide', 'proposed', 'decided', 1,"
            " now(), :account, :identity, 'x')"
        ),
        {
            "province": somebody.tenant.province_id,
            "tenant": somebody.tenant.tenant_id,
            "id": new_id(),
            "dossier": dossier_id,
            "account": somebody.id,
            "identity": somebody.identity_id,
        },
    )


@pytest.mark.parametrize("signer", ["head", "appraiser"])
def test_the_database_refuses_a_paper_signed_by_subject_or_appraiser(world, office, signer):
    dossier_id = office.appraised(identity=office.head.identity_id)
    signature = office.signature()
    refusal = pytest.raises(DBAPIError, match="may not sign for it")
    with world.inside(DEPARTMENT), refusal, unit_of_work():
        decision = Decision(
            year=THIS_YEAR,
            number=signature.number,
            signed_on=signature.signed_on,
            signed_year=signature.signed_on.year,
            signer_name="x",
            signer_title="x",
            signer_identity_id=getattr(office, signer).identity_id,
            seal="x",
        )
        db.session.add(decision)
        db.session.flush()
        db.session.add(
            DecisionItem(
                decision_id=decision.id,
                dossier_id=dossier_id,
                position=1,
                outcome=Outcome.RECOGNISED,
            )
        )
        db.session.flush()


def test_whoever_appraised_does_not_decide(world, office):
    proposal_id = office.submitted(office.appraised())
    both = world.make_account(DEPARTMENT, Role.HEAD, identity=office.appraiser.identity_id)
    with refused(Rule.APPRAISER_DECIDES):
        decide_all(office, proposal_id, by=both.actor())


def test_the_level_above_decides_on_nobody_but_the_head(world, office):
    proposal_id = office.submitted(office.appraised())
    above = world.make_account(DEPARTMENT, Role.SUPERIOR)
    with refused(Rule.HEAD_DECIDED_ONE_LEVEL_UP):
        decide_all(office, proposal_id, by=above.actor())


def test_two_clicks_give_one_decision(world, office):
    proposal_id = office.submitted(office.appraised(), office.appraised())
    rules, barrier = [], threading.Barrier(2)

    def click(number):
        barrier.wait()
        try:
            decide_all(office, proposal_id, number=number)
        except RefusedError as error:
            rules.append(error.rule)

    clicks = [threading.Thread(target=click, args=(f"{n}/QĐ",)) for n in (1, 2)]
    for one in clicks:
        one.start()
    for one in clicks:
        one.join()
    assert rules == [Rule.ALREADY_DECIDED]
    with world.inside(DEPARTMENT):
        assert db.session.scalar(select(func.count()).select_from(Decision)) == 1
        assert db.session.scalar(select(func.count()).select_from(DecisionItem)) == 2


def test_a_number_is_given_once_a_year(world, office):
    decide_all(office, office.submitted(office.appraised()), number="05/QĐ-SCT")
    second = office.submitted(office.appraised())
    with refused(Rule.DECISION_NUMBER_TAKEN):
        decide_all(office, second, number=" 05/QĐ-SCT ")
    with world.inside(DEPARTMENT):
        assert load_proposal(second).state is ProposalState.SUBMITTED


def test_two_agencies_may_use_the_same_number(world, office):
    decide_all(office, office.submitted(office.appraised()), number="05/QĐ")
    commune = Office(world, COMMUNE)
    decide_all(commune, commune.submitted(commune.appraised()), number="05/QĐ")


def test_a_decision_is_not_dated_in_the_future(world, office):
    proposal_id = office.submitted(office.appraised())
    with world.inside(DEPARTMENT):
        tomorrow = today() + timedelta(days=1)
    with refused(Rule.DECISION_DATE_IN_FUTURE):
        decide_all(office, proposal_id, signed_on=tomorrow)


def test_a_title_that_is_not_earned_is_not_given(office):
    weak = office.appraised(scores=FAILING)
    proposal_id = office.submitted(weak)
    with refused(Rule.TITLE_NOT_EARNED):
        decide_all(office, proposal_id, rulings={weak: Ruling(outcome=Outcome.RECOGNISED)})


def test_a_refusal_needs_a_reason(office):
    weak = office.appraised(scores=FAILING)
    proposal_id = office.submitted(weak)
    with refused(Rule.REFUSAL_NEEDS_REASON):
        decide_all(office, proposal_id, rulings={weak: Ruling(outcome=Outcome.NOT_RECOGNISED)})


def test_a_list_is_not_decided_in_part(office):
    one, other = office.appraised(), office.appraised()
    proposal_id = office.submitted(one, other)
    rulings = {one: Ruling(outcome=Outcome.RECOGNISED)}
    with refused(Rule.LINE_UNDECIDED):
        decide_all(office, proposal_id, rulings=rulings)
    with refused(Rule.REFUSAL_NEEDS_REASON):
        decide_all(office, proposal_id, rulings=rulings, struck={other: ""})
    with refused(Rule.LIST_ALL_STRUCK):
        decide_all(office, proposal_id, rulings={}, struck={one: "x", other: "x"})


def test_a_struck_line_goes_back_to_the_team_and_stays_off_after_an_annulment(world, office):
    one, other = office.appraised(), office.appraised()
    proposal_id = office.submitted(one, other)
    rulings = {one: Ruling(outcome=Outcome.RECOGNISED)}
    decision_id = decide_all(office, proposal_id, rulings=rulings, struck={other: "Xem lại"})
    with world.inside(DEPARTMENT):
        assert load_dossier(other).state is State.APPRAISED
        with unit_of_work():
            annul(decision_id, reason="Sai", by=office.head.actor())
    decide_all(office, proposal_id, rulings=rulings)


def test_a_list_that_is_not_before_the_head_cannot_be_decided(office):
    proposal_id = office.sealed(office.appraised())
    with refused(Rule.LIST_NOT_SUBMITTED):
        decide_all(office, proposal_id)


def test_a_broken_seal_is_noticed_before_it_is_signed(world, office):
    proposal_id = office.submitted(office.appraised())
    with world.app.app_context(), world.owner():
        db.session.execute(text("UPDATE proposal_item SET name = 'Người khác'"))
        db.session.connection().commit()
    with refused(Rule.LIST_CHANGED_AFTER_SEAL):
        decide_all(office, proposal_id)


def test_five_years_in_two_agencies_make_somebody_outstanding(world, office):
    human = world.make_person(DEPARTMENT)
    with world.inside(DEPARTMENT):
        identity = db.session.execute(
            text("SELECT identity_id FROM person WHERE id = :id"), {"id": human}
        ).scalar_one()
    commune = Office(world, COMMUNE)
    neighbour = world.make_person(COMMUNE, identity=identity)
    open_years(world, COMMUNE, range(2022, 2024))
    open_years(world, DEPARTMENT, range(2024, 2026))
    for year in (2022, 2023):
        streak_of(commune, neighbour, year)
    found = {year: streak_of(office, human, year) for year in (2024, 2025, 2026)}
    assert found == {2024: (3, False), 2025: (4, False), 2026: (5, True)}


def streak_of(office, person_id, year):
    dossier_id = office.world.make_dossier(office.slug, person_id, year=year)
    office.appraise(dossier_id)
    decision_id = decide_all(office, office.submitted(dossier_id))
    with office.world.inside(office.slug):
        [(item, dossier)] = items_of_decision(decision_id)
        assert dossier.is_outstanding is item.is_outstanding
        return item.streak, item.is_outstanding


def open_years(world, slug, years):
    key = world.key_of(slug)
    with world.app.app_context(), world.owner():
        for year in years:
            db.session.execute(
                text(
                    "INSERT INTO cycle (province_id, tenant_id, id, year, registration_opens_on)"
                    " VALUES (:province, :tenant, :id, :year, make_date(:year, 1, 1))"
                ),
                {
                    "province": key.province_id,
                    "tenant": key.tenant_id,
                    "id": new_id(),
                    "year": year,
                },
            )
        db.session.connection().commit()


def test_an_annulled_decision_frees_list_and_number(world, office):
    dossier_id = office.appraised()
    proposal_id = office.submitted(dossier_id)
    first = decide_all(office, proposal_id, number="07/QĐ-SCT")
    with world.inside(DEPARTMENT):
        with unit_of_work():
            annul(first, reason="Nhầm ngày", by=office.head.actor())
        dossier = load_dossier(dossier_id)
        assert (dossier.state, dossier.outcome) == (State.PROPOSED, None)
        assert load_proposal(proposal_id).state is ProposalState.SUBMITTED
    decide_all(office, proposal_id, number="07/QĐ-SCT")


def test_a_published_decision_is_not_annulled(world, office):
    decision_id = office.published(office.appraised())
    with world.inside(DEPARTMENT), refused(Rule.ALREADY_PUBLISHED), unit_of_work():
        annul(decision_id, reason="Sai", by=office.head.actor())


def test_only_the_office_publishes(world, office):
    decision_id = decide_all(office, office.submitted(office.appraised()))
    with world.inside(DEPARTMENT):
        assert not honours_of(THIS_YEAR)
        with refused(Rule.PERMISSION_NEEDED), unit_of_work():
            publish(decision_id, by=office.head.actor())
        with unit_of_work():
            publish(decision_id, by=office.officer.actor())
        assert len(honours_of(THIS_YEAR)) == 1


def test_another_agency_sees_no_decision_of_ours(world, office):
    decision_id = office.published(office.appraised())
    with world.inside(OTHER_COMMUNE):
        with pytest.raises(MissingError):
            load_decision(decision_id)
        assert not honours_of(THIS_YEAR)
