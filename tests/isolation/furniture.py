"""Puts one of everything into an agency, each in the state in which a page takes it."""

from collections.abc import Callable
from datetime import timedelta
from itertools import count
from uuid import UUID

from sqlalchemy import select, update

from app.domain.exports import ExportKind, ExportState
from app.domain.ids import new_id
from app.domain.outbox import Kind, LineState
from app.domain.people import ConsentChannel
from app.domain.permissions import Role
from app.domain.settings import SettingName
from app.domain.vietnamese import sort_key
from app.intake.kept import list_to_text, mapping_to_json
from app.intake.roster_header import find_roster
from app.intake.sheets import Sheet
from app.persistence.clock import today, transaction_time
from app.persistence.database import db
from app.persistence.models import DeadlineRow, Export, Membership, OutboxLine, Setting, Unit
from app.persistence.queries.dossiers import load_dossier, load_dossier_to_change
from app.persistence.queries.roster_imports import load_import_to_change
from app.persistence.unit_of_work import unit_of_work
from app.services import appeals, appraisals, confirmations, self_assessments
from app.services.arrivals import NewPlace
from app.services.departures import propose_transfer
from app.services.invitations import invite
from app.services.roster_uploads import Columns, choose_columns, keep_upload
from app.services.transfers import accept_transfer
from tenants.schema import DeadlineKind, DeadlineRule
from tests.builders.lists import Office
from tests.builders.world import PASSING, THIS_YEAR, Someone, World
from tests.isolation.agencies import ids


class Furniture:
    """The objects of one agency, by the words of the access table."""

    def __init__(self, world: World, slug: str, tag: str) -> None:
        self.world, self.slug, self.tag = world, slug, tag
        self.numbers = count(1)
        self.things: dict[str, tuple[str, ...]] = {}
        self.citizens: dict[str, Someone] = {}
        self.unit = self.make_unit()
        self.ask_for_confirmation()
        self.office = Office(world, slug)
        self.unit_head = world.make_account(slug, Role.UNIT_HEAD, unit_id=self.unit)
        self.second = world.make_account(slug, Role.APPRAISER)

    def fill(self) -> dict[str, tuple[str, ...]]:
        """Make everything, and return it."""
        self.make_people()
        self.make_dossiers()
        self.make_papers()
        self.make_files()
        self.make_deadline()
        self.make_citizens()
        return self.things

    def keep(self, name: str, *values: UUID | str) -> None:
        self.things[name] = ids(*values)

    def name(self, what: str) -> str:
        """Return a name that nobody else has, in this agency or another."""
        return f"{self.tag} {what} {'abcdefghijklmnopqrstuvwxyz'[next(self.numbers) % 26]}"

    def make_unit(self, *, is_active: bool = True) -> UUID:
        with self.world.inside(self.slug), unit_of_work():
            name = f"Vu{self.tag[2:]} đơn vị {next(self.numbers)}"
            unit = Unit(
                id=new_id(),
                kind="division",
                name=name,
                name_sort_key=sort_key(name),
                is_active=is_active,
            )
            db.session.add(unit)
            return unit.id

    def ask_for_confirmation(self) -> None:
        with self.world.inside(self.slug), unit_of_work():
            mine = update(Setting).where(Setting.name == SettingName.CONFIRMATION)
            if not db.session.execute(mine.values(value=True)).rowcount:
                db.session.add(Setting(name=SettingName.CONFIRMATION, value=True))

    def make_people(self) -> None:
        self.keep("unit", self.unit)
        self.keep("empty unit", self.make_unit())
        self.keep("retired unit", self.make_unit(is_active=False))
        self.keep("person", self.make_person())
        listed = self.make_person()
        self.world.make_dossier(self.slug, listed)
        self.keep("listed person", listed)
        member = self.world.make_account(self.slug, Role.OFFICER, name=self.name("Cán bộ"))
        with self.world.inside(self.slug), unit_of_work():
            held = select(Membership.id).where(Membership.account_id == member.id)
            self.keep("account", member.id)
            self.keep("login", member.login)
            self.keep("account and its membership", member.id, db.session.scalars(held).one())
            self.keep("invitation", invite(member.id))

    def make_person(self, **more: object) -> UUID:
        return self.world.make_person(self.slug, self.name("Lò Thị"), unit_id=self.unit, **more)

    def dossier(self, *acts: Callable[[UUID], None]) -> UUID:
        """Make a dossier and let acts happen to it, one after another."""
        dossier_id = self.world.make_dossier(self.slug, self.make_person())
        for act in acts:
            act(dossier_id)
        return dossier_id

    def make_dossiers(self) -> None:
        confirmed = (self.submit, self.confirm)
        self.keep("listed dossier", self.dossier())
        self.keep("submitted dossier", self.dossier(self.submit))
        self.keep("confirmed dossier", self.dossier(*confirmed))
        self.keep("scored dossier", self.dossier(*confirmed, self.score))
        self.keep("unanimous dossier", self.dossier(*confirmed, self.score))
        self.keep("returned dossier", self.dossier(*confirmed, self.score, self.send_back))
        self.keep("appraised dossier", self.dossier(self.office.appraise))
        self.keep("candidate dossier", self.dossier(self.office.appraise))

    def submit(self, dossier_id: UUID) -> None:
        officer = self.office.officer.actor()
        with self.world.inside(self.slug), unit_of_work():
            dossier = load_dossier_to_change(dossier_id)
            append_registered(dossier, officer)
            dossier.self_scores, dossier.evidence = list(PASSING), [f"{self.tag} minh chứng"] * 10
            self_assessments.submit(dossier, version=dossier.version, by=officer)

    def confirm(self, dossier_id: UUID) -> None:
        head = self.unit_head.actor()
        with self.world.inside(self.slug), unit_of_work():
            dossier = load_dossier_to_change(dossier_id)
            confirmations.confirm(dossier, version=dossier.version, by=head)

    def score(self, dossier_id: UUID) -> None:
        for member in (self.office.appraiser, self.second):
            with self.world.inside(self.slug), unit_of_work():
                dossier = load_dossier_to_change(dossier_id)
                appraisals.score(
                    dossier,
                    tuple(PASSING),
                    f"{self.tag} ghi chú",
                    version=dossier.version,
                    by=member.actor(),
                )

    def send_back(self, dossier_id: UUID) -> None:
        with self.world.inside(self.slug), unit_of_work():
            dossier = load_dossier_to_change(dossier_id)
            appraisals.return_to_person(
                dossier,
                {3: f"{self.tag} lý do"},
                today() + timedelta(days=5),
                version=dossier.version,
                by=self.office.secretary.actor(),
            )

    def make_papers(self) -> None:
        office, appraise = self.office, self.office.appraise
        self.keep("sealed list", office.sealed(self.dossier(appraise)))
        proposed = self.dossier(appraise)
        self.keep("proposed dossier", proposed)
        self.keep("submitted list", office.submitted(proposed))
        number = f"{self.tag}/QĐ"
        made = office.decided(office.submitted(self.dossier(appraise)), number=f"1-{number}")
        self.keep("made decision", made)
        published = self.dossier(appraise)
        self.keep("published dossier", published)
        self.keep("published decision", office.published(published, number=f"2-{number}"))
        appealed = self.dossier(appraise)
        office.published(appealed, number=f"3-{number}")
        with self.world.inside(self.slug), unit_of_work():
            appeals.appeal(
                appealed,
                indicators=[3],
                reason=f"{self.tag} khiếu nại",
                version=load_dossier(appealed).version,
                by=office.officer.actor(),
            )
        self.keep("appealed dossier", appealed)

    def make_files(self) -> None:
        officer = self.office.officer.actor()
        with self.world.inside(self.slug), unit_of_work():
            for state in (ExportState.READY, ExportState.FAILED):
                export = Export(
                    id=new_id(),
                    kind=ExportKind.PROVINCE_RESULTS,
                    year=THIS_YEAR,
                    locale="vi",
                    state=state,
                    asked_by=officer.account_id,
                    file_name=f"{self.tag}.xlsx",
                    content=f"{self.tag} nội dung".encode(),
                    problem=f"{self.tag} sự cố" if state is ExportState.FAILED else None,
                )
                db.session.add(export)
                self.keep(f"{state.value} export", export.id)
        self.make_jobs()
        self.keep("upload", self.upload())

    def make_jobs(self) -> None:
        """Keep work that was done, and work that was given up."""
        with self.world.inside(self.slug), unit_of_work():
            now = transaction_time()
            done = OutboxLine(id=new_id(), kind=Kind.EXPORT, subject_id=new_id(), attempts=1)
            done.state, done.done_at = LineState.DONE, now
            parked = OutboxLine(id=new_id(), kind=Kind.EXPORT, subject_id=new_id(), attempts=5)
            parked.state, parked.parked_at, parked.last_error = LineState.PARKED, now, "ValueError"
            db.session.add_all((done, parked))
            self.keep("job", done.id)
            self.keep("parked job", parked.id)

    def upload(self) -> UUID:
        """Keep a list with a good row and a bad one."""
        headings = ("Họ và tên", "Năm sinh", "Nhóm", "Phòng")
        unit = next(iter(self.unit_names()))
        rows = ((self.name("Vàng A"), "1988", "3", unit), (self.name("Giàng A"), "", "3", unit))
        sheet = Sheet(name=self.tag, rows=tuple(enumerate((headings, *rows), start=1)))
        _, mapping = find_roster([sheet])
        columns = Columns(mapping=mapping_to_json(mapping), headings=mapping.remembered())
        extensions = self.world.app.extensions
        officer = self.office.officer.actor()
        with self.world.inside(self.slug), unit_of_work():
            upload_id = keep_upload(
                list_to_text(sheet),
                columns,
                year=THIS_YEAR,
                file_name=f"{self.tag}.xlsx",
                seal=extensions["number_seal"],
                by=officer,
            )
            db.session.flush()
            choose_columns(upload_id, columns, by=officer)
            load_import_to_change(upload_id).problem = self.tag
            return upload_id

    def unit_names(self) -> list[str]:
        with self.world.inside(self.slug):
            return list(db.session.scalars(select(Unit.name).where(Unit.id == self.unit)))

    def make_deadline(self) -> None:
        """Set a deadline of the agency's own, for a page that takes it away again."""
        with self.world.inside(self.slug), unit_of_work():
            own = DeadlineRow(
                kind=DeadlineKind.COMPLETION, month=11, day=5, rule=DeadlineRule.BEFORE
            )
            db.session.add(own)

    def offer(self, receiver: "Furniture") -> UUID:
        """Offer somebody's dossier to another agency. Both may read what is offered."""
        person = self.world.make_person(self.slug, "Người Chuyển", unit_id=self.unit)
        dossier_id = self.world.make_dossier(self.slug, person)
        with self.world.inside(self.slug), unit_of_work():
            dossier = load_dossier_to_change(dossier_id)
            transfer = propose_transfer(
                dossier,
                "Chuyển công tác",
                to=receiver.slug,
                version=dossier.version,
                by=self.office.officer.actor(),
            )
            return transfer.id

    def accept(self, transfer_id: UUID) -> None:
        with self.world.inside(self.slug), unit_of_work():
            accept_transfer(
                transfer_id,
                NewPlace(unit_id=self.unit, group_number=3),
                seal=self.world.app.extensions["number_seal"],
                by=self.office.officer.actor(),
            )

    def make_citizens(self) -> None:
        """Make people who have an account, each with a dossier in another state."""
        for name in ("own listed", "own registered", "own complete", "own submitted"):
            someone = self.world.make_account(self.slug, Role.CITIZEN, name=self.name("Dân"))
            person = self.make_person(identity=someone.identity_id)
            dossier_id = self.world.make_dossier(self.slug, person)
            actor = someone.actor(person_id=person)
            with self.world.inside(self.slug), unit_of_work():
                dossier = load_dossier_to_change(dossier_id)
                if name != "own listed":
                    self_assessments.register(dossier, ConsentChannel.ONLINE, by=actor)
                if name in {"own complete", "own submitted"}:
                    dossier.self_scores = list(PASSING)
                    dossier.evidence = [f"{self.tag} minh chứng"] * 10
                if name == "own submitted":
                    self_assessments.submit(dossier, version=dossier.version, by=actor)
            self.citizens[f"{name} dossier"] = someone


def append_registered(dossier: object, officer: object) -> None:
    """Register somebody by what they wrote on paper."""
    self_assessments.register(dossier, ConsentChannel.PAPER_FORM, by=officer)
