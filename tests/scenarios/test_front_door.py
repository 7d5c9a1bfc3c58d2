"""A visitor finds their agency, on a phone and at a desk, in both languages."""

import pytest

from tests.builders.world import DEPARTMENT
from tests.scenarios.people import DESK, PHONE
from tests.scenarios.reading import require_fit


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_a_visitor_walks_from_the_portal_to_signing_in(open_browser, size, language):
    page = open_browser(size=size, language=language)
    for address in ("/", f"/{DEPARTMENT}", f"/{DEPARTMENT}/-/sign-in", "/nowhere"):
        page.goto(address)
        assert page.locator("html").get_attribute("lang") == language
        require_fit(page)
