"""What the pages of criteria sets show, refuse and keep."""

import io
import re
import tomllib
from html import unescape

import pytest
from sqlalchemy import select

from app.domain.criteria import cells_of
from app.domain.criteria_faults import Fault
from app.domain.permissions import Role
from app.labels.criteria import EVIDENCE_DEMANDS, FAULTS, label_of_cell, short_label_of
from app.persistence.database import db
from app.persistence.models import CriteriaDraft
from app.persistence.queries.rules import load_criteria
from tenants.loading import find_criteria_set, read_criteria_set
from tenants.loading.criteria import CRITERIA
from tenants.schema import EvidenceDemand
from tests.builders.world import (
    COMMUNE,
    DEPARTMENT,
    OTHER_PROVINCE,
    PROVINCE,
    STANDARD_SET,
)


ADDRESS = f"/{PROVINCE}/-/criteria"
OURS = "lai-chau-qd-324-2023@1"
TEXT = "groups.3.indicators.7.text.vi"
SIGNED = {
    "is_verified": "y",
    "document": "324/QĐ-KHVN",
    "signed_on": "2023-10-24",
    "issuer": "Hội Khuyến học Việt Nam",
    "compared_by": "Nguyễn Thị Vân",
    "compared_on": "2026-11-20",
}


@pytest.fixture
def browser(world, sign_in):
    return sign_in(world.make_account(PROVINCE, Role.TENANT_ADMIN, name="Trần Văn Nam"))


@pytest.fixture
def draft(browser):
    """The address of a draft of the national set."""
    started = browser.post(f"{ADDRESS}/sets/{STANDARD_SET}/draft")
    assert started.status_code == 303
    return started.location


def typed_in(page):
    """Return what the form of a page would send if nothing were changed."""
    fields = dict(re.findall(r'<input[^>]*name="([\w.]+)"[^>]*?value="([^"]*)"', page.text))
    fields |= dict(re.findall(r'<textarea[^>]*name="([\w.]+)"[^>]*>\r?\n?([^<]*)<', page.text))
    chosen = re.findall(
        r'<select[^>]*name="([\w.]+)".*?<option selected value="([^"]*)"', page.text, re.DOTALL
    )
    return {name: unescape(value) for name, value in (fields | dict(chosen)).items()}


def write(browser, draft, page="3", **changes):
    form = typed_in(browser.get(f"{draft}/{page}"))
    return browser.post(f"{draft}/{page}", data={**form, **changes})


def kept(world):
    with world.inside(PROVINCE):
        return db.session.scalars(select(CriteriaDraft)).one().changes


PAGES = ("/", "/general", "/3", "/import", "/discard", "/publish")


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_page_opens_in_both_languages(world, sign_in, draft, language):
    admin = sign_in(world.make_account(PROVINCE, Role.TENANT_ADMIN), language=language)
    for page in PAGES:
        assert admin.get(draft + page.rstrip("/")).status_code == 200, page
    for page in ("/", f"/sets/{STANDARD_SET}"):
        assert admin.get(ADDRESS + page).status_code == 200, page


@pytest.mark.parametrize("slug", [DEPARTMENT, COMMUNE])
def test_agencies_below_read_the_sets_and_learn_who_writes_them(world, sign_in, slug):
    reader = sign_in(world.make_account(slug, Role.TENANT_ADMIN))
    page = reader.get(f"/{slug}/-/criteria/")
    assert "Hội Khuyến học tỉnh Lai Châu" in page.text
    assert "lai-chau-2026@1" in page.text
    shown = reader.get(f"/{slug}/-/criteria/sets/{STANDARD_SET}")
    assert "Copy into a draft" not in shown.text
    assert reader.post(f"/{slug}/-/criteria/sets/{STANDARD_SET}/draft").status_code == 409


@pytest.mark.parametrize("role", [Role.ASSOCIATION, Role.OFFICER])
def test_others_read_at_most(world, sign_in, draft, role):
    reader = sign_in(world.make_account(PROVINCE, role))
    assert reader.get(f"{ADDRESS}/").status_code == 200
    for page in PAGES:
        assert reader.get(draft + page.rstrip("/")).status_code == 403


def test_the_draft_of_another_agency_is_not_found(world, sign_in, draft):
    stranger = sign_in(world.make_account(OTHER_PROVINCE, Role.TENANT_ADMIN))
    for page in (*PAGES, "/template"):
        elsewhere = draft.replace(PROVINCE, OTHER_PROVINCE, 1) + page.rstrip("/")
        assert stranger.get(elsewhere).status_code == 404


def test_the_set_of_another_province_is_not_found(world, sign_in):
    stranger = sign_in(world.make_account(OTHER_PROVINCE, Role.TENANT_ADMIN))
    assert "lai-chau-2026" not in stranger.get(f"/{OTHER_PROVINCE}/-/criteria/").text
    address = f"/{OTHER_PROVINCE}/-/criteria/sets/lai-chau-2026@1"
    assert stranger.get(address).status_code == 404
    assert stranger.post(f"{address}/draft").status_code == 404


def test_a_page_says_what_it_shows_of_a_set(browser):
    page = browser.get(f"{ADDRESS}/sets/{STANDARD_SET}").text
    criteria = find_criteria_set(STANDARD_SET)
    assert criteria.notice["en"] in unescape(page)
    for group in criteria.groups:
        for one in group.indicators:
            assert one.text["en"] in unescape(page)


def test_a_page_that_is_saved_unchanged_changes_nothing(world, browser, draft):
    for page in ("general", "1", "2", "3", "4"):
        assert write(browser, draft, page).status_code == 303
    assert kept(world) == {}


def test_what_is_typed_is_kept_and_counted(world, browser, draft):
    saved = write(
        browser, draft, **{TEXT: "  Kỹ năng tính toán ", "groups.3.rule.pass_total": "85"}
    )
    assert saved.status_code == 303
    assert kept(world) == {TEXT: "Kỹ năng tính toán", "groups.3.rule.pass_total": "85"}
    assert "Saved: 2 places now say something else." in browser.get(draft).text


@pytest.mark.parametrize(
    ("path", "typed", "said"),
    [
        (TEXT, "", "This has to be filled in."),
        ("groups.3.rule.pass_floor", "11", "11 is not between 1 and 10."),
        ("groups.3.rule.pass_total", "tám mươi", "“tám mươi” is not a whole number."),
        ("groups.3.rule.scale_max", "5000", "5000 is not between 2 and 1000."),
        ("groups.3.indicators.1.evidence", "maybe", "“maybe” is none of the choices"),
        (TEXT, "x" * 1501, "1501 characters are more than 1500."),
    ],
)
def test_what_does_not_hold_up_stays_in_its_field(browser, draft, path, typed, said):
    other = "groups.3.indicators.2.text.vi"
    refused = write(browser, draft, **{path: typed, other: "Đã gõ và còn nguyên"})
    assert refused.status_code == 422
    assert said in unescape(refused.text)
    assert "Đã gõ và còn nguyên" in refused.text
    assert f'href="#{path}"' in refused.text
    assert "Đã gõ và còn nguyên" not in browser.get(f"{draft}/3").text


@pytest.mark.parametrize(
    ("path", "typed", "complaint"),
    [
        ("issued_on", "31/02/2024", "“2024-02-31” is not a date."),
        ("valid_to_year", "2020", "2020 is not between 2023 and 2100."),
        ("name.vi", " ", "This has to be filled in."),
    ],
)
def test_the_set_as_a_whole_is_checked_too(browser, draft, path, typed, complaint):
    refused = write(browser, draft, "general", **{path: typed})
    assert refused.status_code == 422
    assert complaint in unescape(refused.text)


def test_a_date_may_be_typed_as_it_stands_on_documents(world, browser, draft):
    assert write(browser, draft, "general", issued_on="5/3/2024").status_code == 303
    assert kept(world) == {"issued_on": "2024-03-05"}


def test_a_stale_screen_keeps_what_was_typed(world, browser, draft):
    form = typed_in(browser.get(f"{draft}/3"))
    write(browser, draft, **{TEXT: "Người thứ nhất"})
    late = browser.post(f"{draft}/3", data={**form, TEXT: "Người thứ hai"})
    assert late.status_code == 409
    assert "Người thứ hai" in late.text
    assert kept(world) == {TEXT: "Người thứ nhất"}


def test_a_page_that_a_draft_has_not_is_not_found(browser, draft):
    assert browser.get(f"{draft}/9").status_code == 404


def test_english_may_wait_until_publication(browser, draft):
    assert write(browser, draft, **{"groups.3.indicators.7.text.en": ""}).status_code == 303
    page = browser.get(draft)
    assert "Group 3 · Indicator 7 · Text, in English: The English is missing." in page.text
    assert browser.get(f"{draft}/publish").location == draft


def test_the_confirmation_shows_exactly_the_difference_and_what_stays(browser, draft):
    write(browser, draft, **{TEXT: "Lời văn đã ký"})
    page = unescape(browser.get(f"{draft}/publish").text)
    before = cells_of(find_criteria_set(STANDARD_SET))[TEXT]
    assert re.findall(r"<(?:del|ins)[^>]*>([^<]*)<", page) == [before, "Lời văn đã ký"]
    assert "It differs from qd-324-2023@1 in 1 place, shown below." in page
    assert "No decided result changes" in page
    assert "Numbers by which people are scored are different" not in page


def test_other_numbers_are_warned_of(browser, draft):
    write(browser, draft, **{"groups.3.rule.pass_total": "85"})
    page = browser.get(f"{draft}/publish").text
    assert "Numbers by which people are scored are different" in page


def publish(browser, draft, **more):
    form = typed_in(browser.get(f"{draft}/publish"))
    form.pop("is_verified", None)
    return browser.post(f"{draft}/publish", data={**form, **more})


def test_a_set_is_published_as_not_compared_unless_somebody_says_so(browser, draft):
    write(browser, draft, **{TEXT: "Lời văn đã ký"})
    done = publish(browser, draft)
    assert (done.status_code, done.location) == (303, f"{ADDRESS}/sets/{OURS}")
    page = browser.get(done.location).text
    assert "Lời văn" not in page  # it is the English page
    assert "has not been compared with the signed document" in page
    assert "by Trần Văn Nam; written by Trần Văn Nam" in page
    assert browser.get(draft).status_code == 404


def test_a_verified_set_names_the_document_and_who_compared(browser, draft):
    write(browser, draft, **{TEXT: "Lời văn đã ký"})
    page = browser.get(publish(browser, draft, **SIGNED).location).text
    said = "Verified against 324/QĐ-KHVN of 24/10/2023 (Hội Khuyến học Việt Nam)"
    assert f"{said} by Nguyễn Thị Vân on 20/11/2026." in unescape(page)


@pytest.mark.parametrize("missing", ["document", "signed_on", "issuer", "compared_by"])
def test_a_verification_is_asked_for_in_full(world, browser, draft, missing):
    write(browser, draft, **{TEXT: "Lời văn đã ký"})
    refused = publish(browser, draft, **{**SIGNED, "issuer": "Hội X", missing: ""})
    assert refused.status_code == 422
    assert "Fill in everything about the signed document." in refused.text
    assert missing == "issuer" or "Hội X" in refused.text
    assert browser.get(f"{ADDRESS}/sets/{OURS}").status_code == 404


def test_whoever_wrote_a_draft_is_told_that_another_has_to_verify_it(world, browser, draft):
    world.make_account(PROVINCE, Role.TENANT_ADMIN)
    write(browser, draft, **{TEXT: "Lời văn đã ký"})
    refused = publish(browser, draft, **SIGNED)
    assert refused.status_code == 422
    assert "Let another administrator publish it" in refused.text
    assert 'value="Nguyễn Thị Vân"' in refused.text


def test_a_draft_that_changed_meanwhile_is_shown_again_before_it_is_published(browser, draft):
    write(browser, draft, **{TEXT: "Lần một"})
    form = typed_in(browser.get(f"{draft}/publish"))
    write(browser, draft, **{TEXT: "Lần hai"})
    form.pop("is_verified", None)
    late = browser.post(f"{draft}/publish", data=form)
    assert late.status_code == 409
    assert "Lần hai" in late.text


def test_a_draft_is_given_up_after_a_question(browser, draft):
    write(browser, draft, **{TEXT: "Lời văn"})
    page = browser.get(f"{draft}/discard")
    assert "1 changed place is lost with it." in page.text
    assert browser.post(f"{draft}/discard", data=typed_in(page)).status_code == 303
    assert "No new version is being written" in browser.get(f"{ADDRESS}/").text


def test_the_settings_offer_a_set_made_in_pages(world, sign_in, browser, draft):
    write(browser, draft, **{TEXT: "Lời văn đã ký"})
    publish(browser, draft)
    below = sign_in(world.make_account(DEPARTMENT, Role.TENANT_ADMIN))
    assert f'value="{OURS}"' in below.get(f"/{DEPARTMENT}/-/settings/criteria/edit").text
    stranger = sign_in(world.make_account(OTHER_PROVINCE, Role.TENANT_ADMIN))
    assert OURS not in stranger.get(f"/{OTHER_PROVINCE}/-/settings/criteria/edit").text


def upload(browser, draft, content, name="loi-van.xlsx"):
    version = typed_in(browser.get(f"{draft}/import"))["version"]
    data = {"version": version, "file": (io.BytesIO(content), name)}
    return browser.post(f"{draft}/import", data=data)


def test_the_workbook_comes_back_without_a_difference(world, browser, draft):
    write(browser, draft, **{TEXT: "Lời văn đã ký", "groups.3.rule.pass_total": "85"})
    before = kept(world)
    workbook = browser.get(f"{draft}/template").data
    assert upload(browser, draft, workbook).status_code == 303
    assert kept(world) == before
    assert "The file says nothing else than the draft." in browser.get(draft).text


def test_a_shipped_file_is_taken_in_as_it_is(world, browser, draft):
    shipped = (CRITERIA / "lai-chau-2026" / "1.toml").read_bytes()
    assert upload(browser, draft, shipped, "1.toml").status_code == 303
    changes = kept(world)
    assert changes["groups.1.indicators.1.evidence"] == "expected"
    assert "minh họa" in changes["document"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The file is empty."),
        (b"name = ", "neither an Excel workbook nor TOML"),
        (b"[" * 50_000, "neither an Excel workbook nor TOML"),
        (b'name = { vi = "A" }', "The key name.en cannot be read"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_by_name(world, browser, draft, content, said):
    refused = upload(browser, draft, content, "x.toml")
    assert refused.status_code == 422
    assert said in unescape(refused.text)
    assert kept(world) == {}


def test_a_set_made_in_pages_leaves_as_a_file_and_comes_back_as_it_was(world, browser, draft):
    write(browser, draft, **{TEXT: 'Lời "văn" đã ký', "groups.3.rule.pass_total": "85"})
    published = publish(browser, draft, **SIGNED).location
    file = browser.get(f"{published}/file")
    values = tomllib.loads(file.text)
    with world.inside(PROVINCE):
        assert read_criteria_set(values, OURS) == load_criteria(OURS)
    again = browser.post(f"{ADDRESS}/sets/{STANDARD_SET}/draft")
    assert again.status_code == 303
    assert upload(browser, again.location, file.data, "x.toml").status_code == 303


def test_a_set_with_another_structure_is_not_taken_in(browser, draft):
    other = (CRITERIA / "qd-244-2022" / "1.toml").read_bytes()
    refused = upload(browser, draft, other, "1.toml")
    assert refused.status_code == 422
    assert "The file has other groups or indicators than the draft." in refused.text


def test_people_below_read_the_words_of_the_version_that_they_are_pinned_to(world):
    with world.inside(COMMUNE):
        assert load_criteria(STANDARD_SET) == find_criteria_set(STANDARD_SET)


def test_every_cell_and_every_fault_has_words(app):
    with app.test_request_context("/?lang=en"):
        assert set(FAULTS) == set(Fault)
        assert set(EVIDENCE_DEMANDS) == set(EvidenceDemand)
        for path in cells_of(find_criteria_set(STANDARD_SET)):
            assert short_label_of(path)
            assert label_of_cell(path).endswith(", in English") == path.endswith(".en")
