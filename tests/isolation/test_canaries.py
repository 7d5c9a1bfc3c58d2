"""No word of an agency turns up outside it: on no page, in no file, no log, no queue."""

import logging
import tempfile
from collections import Counter

import pytest
import typst
from redis import Redis
from sqlalchemy import ARRAY, Column, Integer, String, Text, Uuid, select
from sqlalchemy.dialects.postgresql import JSONB
from xlsxwriter import Workbook

from app.domain.permissions import Role
from app.launch.postgres import OWNER
from app.persistence.clock import clock_set_to
from app.persistence.columns import Word
from app.persistence.database import Base, db
from app.persistence.models import Unit
from tests.isolation.agencies import IS_WHOLE, RELATIONS, SPRING
from tests.isolation.artefacts import Lines, files_under, found_in, left_in_redis
from tests.isolation.canaries import NOT_WORDS, is_text, plant, shown_to_others, text_columns
from tests.isolation.house import TAGS, app, config, database, house  # noqa: F401 - fixtures
from tests.isolation.servers import programs_heard, what_they_say
from tests.isolation.tour import Tour


LETTERS = dict(zip(RELATIONS, "abcdef", strict=True))
OPEN = [relation for relation in RELATIONS if relation != "suspended"]
OPENED = {"inspections.look": "kuz", "transfers.accept": "tuz"}
"""Pages that show somebody of another agency, and the sign of what that one has to have done: it
let this agency look into the file, or offers it the dossier of whoever is named.
"""

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FEWEST_OWN = 60
"""On how many artefacts each agency finds words of its own: the scan sees what is there."""


@pytest.fixture(scope="module")
def superuser(postgres, database):  # noqa: F811
    """Whom no wall binds, so that words can be put everywhere."""
    return postgres.dsn(database, OWNER).replace(f"user={OWNER}", "user=postgres")


@pytest.fixture(scope="module")
def planted(superuser, house):  # noqa: F811
    """The columns that hold no word, once every agency has put one wherever there is room."""
    tenants = {TAGS[one]: agency.key.tenant_id for one, agency in house.agencies.items()}
    return plant(superuser, tenants)


@pytest.fixture
def may_see(superuser, house):  # noqa: F811
    """Tell whether an agency may see a word: its own, and what others show it."""
    letters = {agency.key.tenant_id: LETTERS[one] for one, agency in house.agencies.items()}
    shown = shown_to_others(superuser, letters)

    def is_fine(relation, name, kind, letter):
        ours = LETTERS[relation]
        is_opened = (ours, OPENED.get(name), letter) in shown
        return letter == ours or is_opened or (ours, kind, letter) in shown

    return is_fine


@pytest.fixture
def browsers(house, sign_in):  # noqa: F811
    """Somebody who may do everything, in each agency that is open."""
    found = {}
    for relation in OPEN:
        agency = house.agencies[relation]
        # Whoever looks into a file by right leaves this name on the record of the other agency.
        name = f"X{agency.tag[1:]} toàn quyền"
        found[relation] = sign_in(house.world.make_account(agency.slug, *Role, name=name))
    return found


@pytest.fixture
def tours(house, browsers, sign_in):  # noqa: F811
    """A walk through each agency that is open; ours with the citizens whose dossiers it has."""
    citizens = {thing: sign_in(someone) for thing, someone in house.citizens.items()}
    return [Tour(house, relation, browser, citizens) for relation, browser in browsers.items()]


@pytest.fixture
def scratch(tmp_path, monkeypatch):
    """Where this process puts its temporary files."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@pytest.fixture
def logged():
    """Every line of every log, from INFO on."""
    lines, root = Lines(), logging.getLogger()
    level = root.level
    root.addHandler(lines)
    root.setLevel(logging.INFO)
    yield lines
    root.removeHandler(lines)
    root.setLevel(level)


@pytest.fixture
def listen(house, browsers, tmp_path_factory):  # noqa: F811
    """Return every line that the real programs say: pages behind gunicorn, workers, the sweeper.

    Among the other tests, nobody listens: to start them all takes longer than all else here.
    """
    if not IS_WHOLE:
        return dict
    by_slug = {house.agencies[one].slug: browser for one, browser in browsers.items()}
    return lambda: what_they_say(house.config, by_slug, tmp_path_factory.mktemp("programs"))


@pytest.fixture
def nobodys(house, logged, scratch):  # noqa: F811
    """Return what is left that belongs to no agency, by name."""

    def find():
        lines = {f"line {number} of the log": line for number, line in enumerate(logged.lines)}
        return lines | left_in_redis(house.config.redis_url) | files_under(scratch)

    return find


def test_every_text_of_every_table_holds_a_word_of_its_agency(planted):
    assert len(list(text_columns())) > 50
    assert planted == [], "give the furniture a row with it, or say why it holds no words"


def test_a_column_for_words_of_any_kind_is_one_that_takes_a_canary():
    takers = (Text(), String(40), JSONB(), ARRAY(Text))
    assert all(is_text(Column("fresh", kind)) for kind in takers)
    assert not any(is_text(Column("fresh", kind)) for kind in (Integer(), Uuid(), Word(Role)))


def test_a_column_that_is_gone_is_taken_off_the_list():
    tables = Base.metadata.tables
    named = [name.split(".") for name in NOT_WORDS]
    assert all(is_text(tables[table].columns[column]) for table, column in named)


@pytest.mark.usefixtures("planted")
def test_nothing_turns_up_outside_its_agency(tours, may_see, nobodys, listen, capsys):
    kinds, own, strays = Counter(), Counter(), []
    with clock_set_to(SPRING):
        for tour in tours:
            for name, answer in tour.everything():
                kinds[answer.mimetype] += 1
                found = found_in(answer.data) | found_in(repr(answer.headers).encode())
                own[tour.relation] += any(letter == LETTERS[tour.relation] for _, letter in found)
                strays += strays_on(may_see, tour.relation, name, found)
    # Last of all: they live in the present, in which the agencies' spring is long past.
    said = listen()
    left = nobodys() | said
    strays += [name for name, content in left.items() if found_in(content)]
    with capsys.disabled():
        searched = kinds.total() + len(left)
        lines = f"{len(said)} lines of the real programs among them"
        print(f"\ncanaries {len(strays)} ({searched} artefacts, {lines})")  # noqa: T201 - the figure
    assert strays == []
    assert min(own.values()) >= FEWEST_OWN, own
    assert programs_heard(said) >= ({"web", "short"} if IS_WHOLE else set())
    assert {"text/html", "application/json", "application/pdf", XLSX} <= kinds.keys()


def strays_on(may_see, relation, name, found):
    return [
        f"{relation}: {name} shows {kind} of {letter}"
        for kind, letter in sorted(found)
        if not may_see(relation, name, kind, letter)
    ]


@pytest.mark.usefixtures("planted")
def test_a_page_that_shows_a_neighbours_unit_is_found(house, browsers, may_see, monkeypatch):  # noqa: F811
    with house.world.inside(house.agencies["sibling"].slug):
        theirs = db.session.scalars(select(Unit.name).where(Unit.is_active)).first()
    usual = house.app.view_functions["settings.units"]
    monkeypatch.setitem(
        house.app.view_functions, "settings.units", lambda: f"{usual()} <p>{theirs}</p>"
    )
    slug = house.agencies["own"].slug
    with clock_set_to(SPRING):
        page = browsers["own"].get(f"/{slug}/-/settings/units")
    strays = strays_on(may_see, "own", "settings.units", found_in(page.data))
    assert strays == ["own: settings.units shows vuz of b"]


def test_a_name_in_a_log_is_found(monkeypatch):
    log, lines = logging.getLogger("app.planted"), Lines()
    monkeypatch.setattr(log, "propagate", False)
    log.addHandler(lines)
    log.warning("sent", extra={"person": "Lò Thị Quzbb"})
    log.removeHandler(lines)
    assert [found_in(line) for line in lines.lines] == [{("quz", "b")}]


def test_a_name_in_redis_is_found(valkey):
    with Redis.from_url(valkey.url) as redis:
        redis.rpush("planted", '{"args": ["Lò Thị quzcc"]}')
        found = found_in(left_in_redis(valkey.url)["b'planted'"])
        redis.delete("planted")
    assert found == {("quz", "c")}


def test_a_name_in_a_workbook_or_a_paper_is_found(tmp_path):
    with Workbook(tmp_path / "a.xlsx") as book:
        book.add_worksheet().write_string(0, 0, "Lò Thị Quzdd")
    (tmp_path / "a.typ").write_text("Lò Thị Quzee")
    paper = typst.compile(tmp_path / "a.typ")
    assert found_in((tmp_path / "a.xlsx").read_bytes()) == {("quz", "d")}
    assert found_in(paper) == {("quz", "e")}


def test_a_name_in_a_temporary_file_is_found(scratch):
    with tempfile.NamedTemporaryFile(delete=False) as file:
        file.write(b"Quzff")
    assert [found_in(content) for content in files_under(scratch).values()] == [{("quz", "f")}]
