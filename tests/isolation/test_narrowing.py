"""Every mapped class of an agency is narrowed, whichever kind of owner it has."""

from app.persistence.unnarrowed import tables_of_tenants
from tests.builders.world import DEPARTMENT
from tests.isolation.narrowing import let_through, models, not_narrowed


def test_every_class_of_an_agency_is_narrowed(world):
    with world.inside(DEPARTMENT):
        assert len(models()) == len(tables_of_tenants())
        assert list(not_narrowed()) == []


def test_what_cannot_be_narrowed_is_refused(world):
    with world.inside(DEPARTMENT):
        assert list(let_through()) == []
