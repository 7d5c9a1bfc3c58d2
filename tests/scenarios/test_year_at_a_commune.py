"""A year at a commune: ten paper forms typed by keyboard alone, in English, up to the province."""

import pytest

from app.domain.permissions import Role
from tests.builders.world import COMMUNE, PROVINCE
from tests.scenarios import steps
from tests.scenarios.people import Desk, wait_for


AGENCY = "Sìn Hồ"
SHORT, UNLUCKY = "Sùng Thị Ké", "Giàng A Dế"
VILLAGERS = (
    "Vàng Thị Ái",
    "Lù Văn Bảo",
    "Chang A Của",
    UNLUCKY,
    "Hạng A Gấu",
    "Mùa Thị Hoa",
    SHORT,
    "Thào A Lềnh",
    "Lý Thị Mẩy",
    "Tao Văn Ón",
)
PASSING = [8, 9, 8, 10, 8, 8, 7, 8, 9, 8]
SCORES = dict.fromkeys(VILLAGERS, PASSING) | {SHORT: [10, *[8] * 8, 4]}
NUMBER = "88/QĐ-UBND"


@pytest.fixture
def people(world, year, reception):
    """Put ten villagers on the roster, and people of the commune and the province at desks."""
    village = world.unit_of(COMMUNE)
    for name in VILLAGERS:
        world.make_dossier(COMMUNE, name=name, unit_id=village, year=year)

    def seat(slug: str, role: Role, **more: object) -> Desk:
        return reception.seat(world.make_account(slug, role, **more), slug, language="en")

    return {
        "officer": seat(COMMUNE, Role.OFFICER),
        "village head": seat(COMMUNE, Role.UNIT_HEAD, unit_id=village),
        "first": seat(COMMUNE, Role.APPRAISER),
        "second": seat(COMMUNE, Role.APPRAISER),
        "chair": seat(COMMUNE, Role.CHAIR),
        "secretary": seat(COMMUNE, Role.SECRETARY),
        "head": seat(COMMUNE, Role.HEAD),
        "association": seat(PROVINCE, Role.ASSOCIATION),
        "stranger": reception.seat(None, COMMUNE, language="en"),
    }


def test_ten_villagers_come_from_paper_to_the_figures_of_the_province(people):
    type_ten_forms(people["officer"])
    steps.confirm_everybody(people["village head"])
    for appraiser in (people["first"], people["second"]):
        assert set(steps.score_whoever_waits(appraiser, SCORES)) == set(VILLAGERS)
    steps.agree_on_all_without_a_difference(people["chair"])
    steps.put_on_a_list(people["secretary"], SHORT)
    decision = steps.decide_as_earned(people["head"], NUMBER)
    steps.publish(people["officer"], decision)
    see_names(people["stranger"])
    see_the_province_know(people["association"])


def type_ten_forms(officer: Desk) -> None:
    """Type form after form without the mouse: the page puts the cursor into the first box."""
    officer.visit("/entry/")
    officer.press("main .page-head a[href*='/entry/']")
    mishaps = {VILLAGERS[1]: type_eleven_first, UNLUCKY: type_a_half_first}
    for _villager in VILLAGERS:
        name = officer.page.locator("h1").inner_text()
        mishaps.get(name, type_the_form)(officer, name)
    officer.visit("/entry/")
    officer.reads("Every form has been entered")


def type_the_form(officer: Desk, name: str) -> None:
    assert focused(officer) == "score_1"
    officer.page.keyboard.type("".join(map(str, SCORES[name])))
    enter(officer)
    officer.reads(f"Submitted: {name}")


def type_eleven_first(officer: Desk, name: str) -> None:
    """Type 11 for the third indicator and leave the fifth blank: nothing typed is lost."""
    keyboard = officer.page.keyboard
    keyboard.type("89")
    keyboard.insert_text("11")
    for key in ("ArrowRight", "1", "0", "ArrowRight"):
        keyboard.press(key)
    keyboard.type("87898")
    enter(officer, status=422)
    officer.reads("“11” is not a score for indicator 3.")
    boxes = officer.page.locator("[data-score-line] input")
    typed = [box.input_value() for box in boxes.all()]
    assert typed == ["8", "9", "11", "10", "", "8", "7", "8", "9", "8"]
    # The complaint is a link to its box, and the cursor stands before it.
    keyboard.press("Tab")
    keyboard.press("Enter")
    assert focused(officer) == "score_3"
    keyboard.press("Control+A")
    keyboard.type("8")
    assert focused(officer) == "score_4"
    keyboard.press("ArrowRight")
    keyboard.type("8")
    for _box in range(4):
        keyboard.press("ArrowRight")
    enter(officer)
    officer.reads(f"Submitted: {name}")


def type_a_half_first(officer: Desk, name: str) -> None:
    """Paste a line with 7.5 in it: the line stays, and the page names the indicator."""
    keyboard = officer.page.keyboard
    officer.page.locator("main details summary").first.press("Enter")
    keyboard.press("Tab")
    assert focused(officer) == "line"
    keyboard.type("8 9 8 10 8 8 7.5 8 9 8")
    enter(officer, status=422)
    officer.reads("“7.5” is not a score for indicator 7.")
    assert officer.page.input_value("#line") == "8 9 8 10 8 8 7.5 8 9 8"
    officer.page.locator("#line").press("Control+A")
    keyboard.type(" ".join(map(str, SCORES[name])))
    enter(officer)
    officer.reads(f"Submitted: {name}")


def enter(officer: Desk, *, status: int = 200) -> None:
    """Press Enter, which saves and opens the next form."""
    with officer.page.expect_navigation() as opened:
        officer.page.keyboard.press("Enter")
    assert opened.value.status == status, officer.words()
    officer.look()


def focused(officer: Desk) -> str:
    return str(officer.page.evaluate("document.activeElement.id"))


def see_names(stranger: Desk) -> None:
    stranger.visit("/honours/")
    stranger.reads(NUMBER, *set(VILLAGERS) - {SHORT})
    assert SHORT not in stranger.words()


def see_the_province_know(association: Desk) -> None:
    def is_known() -> bool:
        association.page.goto(association.base + "/board/")
        figures = steps.figures_on_the_board(association, AGENCY)
        return (figures.get("recognised"), figures.get("not_recognised")) == (9, 1)

    wait_for(is_known, seconds=5, what="the province's figures")
    association.visit("/board/")
