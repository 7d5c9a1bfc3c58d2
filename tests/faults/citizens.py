"""People who are about to submit their own dossiers, each in a browser of their own."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from app.domain.people import ConsentChannel
from app.domain.permissions import Role
from app.domain.scoring import INDICATORS
from app.persistence.queries.dossiers import load_dossier_to_change
from app.persistence.unit_of_work import unit_of_work
from app.services.self_assessments import register, save_self_scores
from tests.builders.world import PASSING
from tests.faults.load import Errand, events_of
from tests.faults.stage import Stage


_EVIDENCE = "Chứng nhận hoàn thành khóa học"


@dataclass(frozen=True, slots=True)
class Citizen:
    """Somebody with a dossier that is complete, and the errand of submitting it."""

    dossier_id: UUID
    errand: Errand


def ready_to_submit(stage: Stage, slug: str, number: int) -> Sequence[Citizen]:
    """Return people who have registered and scored themselves, and not submitted yet."""
    officer = stage.world.make_account(slug, Role.OFFICER).actor()
    return [_citizen(stage, slug, officer) for _ in range(number)]


def _citizen(stage: Stage, slug: str, officer: object) -> Citizen:
    identity = stage.world.make_account(slug).identity_id
    person = stage.world.make_person(slug, identity=identity)
    account = stage.world.make_account(slug, Role.CITIZEN, identity=identity, person_id=person)
    dossier_id = stage.world.make_dossier(slug, person, year=stage.year)
    version = _fill(stage, slug, dossier_id, officer)
    errand = Errand(
        browser=stage.browser(slug, account),
        page="/own/review",
        fields={"version": str(version)},
        traces=events_of([dossier_id], "submit"),
    )
    return Citizen(dossier_id, errand)


def _fill(stage: Stage, slug: str, dossier_id: UUID, officer: object) -> int:
    """Register and score somebody as the office does, and return the version to submit."""
    numbers = range(1, INDICATORS + 1)
    with stage.world.inside(slug), unit_of_work():
        dossier = load_dossier_to_change(dossier_id)
        register(dossier, ConsentChannel.PAPER_FORM, by=officer)
        save_self_scores(
            dossier,
            dict(zip(numbers, PASSING, strict=True)),
            dict.fromkeys(numbers, _EVIDENCE),
            version=dossier.version,
            by=officer,
        )
        return dossier.version
