"""The page on which a request is drawn up is a sheet: sent twice, it is one request."""

import re

from app.persistence.queries.adhoc import requests_made
from tests.builders.world import PROVINCE
from tests.web.adhoc.test_adhoc import FORM, asker, page, today, words_of


__all__ = ["asker", "today"]
NEW = page(PROVINCE, "new")


def sheet_of(response):
    return re.search(r'name="sheet" value="([0-9a-f-]+)"', response.text)[1]


def drafts(world):
    with world.inside(PROVINCE):
        return [one.request.title for one in requests_made()]


def test_a_sheet_that_is_sent_twice_draws_one_request_up_and_leads_to_it_both_times(world, asker):
    sheet = sheet_of(asker.get(NEW))
    assert sheet != sheet_of(asker.get(NEW))
    answers = [asker.post(NEW, data=FORM | {"sheet": sheet}) for _ in range(3)]
    assert [one.status_code for one in answers] == [303, 303, 303]
    assert len({one.location for one in answers}) == 1
    assert drafts(world) == [FORM["title"]]


def test_other_words_on_a_used_sheet_are_kept_and_sent_once_more_are_a_second_request(world, asker):
    used = sheet_of(asker.get(NEW))
    asker.post(NEW, data=FORM | {"sheet": used})
    other = FORM | {"title": "Yêu cầu khác"}
    answer = asker.post(NEW, data=other | {"sheet": used})
    assert answer.status_code == 422
    assert "was drawn up from this page already" in words_of(answer)
    assert "Yêu cầu khác" in answer.text
    assert drafts(world) == [FORM["title"]]
    again = asker.post(NEW, data=other | {"sheet": sheet_of(answer)})
    assert again.status_code == 303
    assert sorted(drafts(world)) == sorted([FORM["title"], "Yêu cầu khác"])


def test_a_sheet_keeps_its_name_while_its_lines_are_arranged_and_when_it_is_refused(asker):
    sheet = sheet_of(asker.get(NEW))
    for more in ({"arrange": "add"}, {"title": ""}):
        sent = asker.post(NEW, data=FORM | {"sheet": sheet} | more)
        assert sheet_of(sent) == sheet
