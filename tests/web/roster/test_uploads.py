"""Lists that were uploaded before wait where they were left."""

from tests.web.roster.test_imports import BAD, GOOD, ROOM, officer, upload


__all__ = ["officer"]


def test_a_list_that_is_not_finished_can_be_found_again(officer):
    review = upload(officer, GOOD, BAD)
    page = officer.get(f"{ROOM}/imports").text
    assert "ds.xlsx" in page
    assert review in page
