"""Somebody is found by the words of their name, as people type when they search."""

import pytest

from app.persistence.database import db
from app.persistence.models import Person
from app.persistence.queries.members import people_named
from app.persistence.queries.people import whose_name_holds
from tests.builders.world import DEPARTMENT


NAMES = ("Đỗ Thị Ánh", "Lò Văn Hòa", "H'Mai Niê")


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("do thi anh", "Đỗ Thị Ánh"),
        ("ánh ĐỖ", "Đỗ Thị Ánh"),
        ("hoà", "Lò Văn Hòa"),
        ("H’Mai", "H'Mai Niê"),  # noqa: RUF001 - the apostrophe of a phone
    ],
)
def test_a_name_is_found_by_its_words_in_any_order_with_accents_or_without(world, typed, found):
    for name in NAMES:
        world.make_person(DEPARTMENT, name)
    with world.inside(DEPARTMENT):
        people = db.session.query(Person).filter(*whose_name_holds(typed)).all()
        assert [one.name for one in people] == [found]
        assert [one.name for one, _ in people_named(typed)] == [found]


@pytest.mark.parametrize("typed", ["%", "_", "anh lo"])
def test_signs_stand_for_themselves_and_every_word_counts(world, typed):
    for name in NAMES:
        world.make_person(DEPARTMENT, name)
    with world.inside(DEPARTMENT):
        assert db.session.query(Person).filter(*whose_name_holds(typed)).all() == []
        assert people_named(typed) == []


def test_no_words_find_nobody_to_give_a_role(world):
    world.make_person(DEPARTMENT, NAMES[0])
    with world.inside(DEPARTMENT):
        assert people_named("  ") == []
