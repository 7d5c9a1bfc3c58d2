"""As whom somebody decides."""

from app.domain.decisions import Addressee, addressees_of
from app.domain.permissions import Role


def test_a_head_decides_on_lists_for_the_head_and_the_level_above_on_its_own():
    assert addressees_of({Role.HEAD, Role.CITIZEN}) == {Addressee.HEAD}
    assert addressees_of({Role.SUPERIOR}) == {Addressee.SUPERIOR}
    assert addressees_of({Role.SECRETARY}) == frozenset()
