"""What the pages of settings show, refuse and keep."""

import re

import pytest

from app.domain.permissions import Role
from app.domain.settings import SettingName
from app.persistence.queries.rules import value_in_effect
from tests.builders.world import COMMUNE, DEPARTMENT, OTHER_PROVINCE, PROVINCE


ADDRESS = f"/{DEPARTMENT}/-/settings"
PAGES = (
    "/",
    "/names/edit",
    "/place/edit",
    "/signers/edit",
    "/legal-bases/edit",
    "/criteria/edit",
    "/confirmation/edit",
    "/quorum/edit",
    "/appeals/edit",
    "/second-factor/edit",
    "/targets/edit",
    "/targets/inherit",
    "/deadlines",
    "/deadlines/report",
    "/units",
)
READABLE = ("/", "/deadlines", "/units")


@pytest.fixture
def browser(world, sign_in):
    return sign_in(world.make_account(DEPARTMENT, Role.TENANT_ADMIN))


def typed_in(page) -> dict[str, str]:
    """Return what a form would send if nothing were changed."""
    inputs = re.findall(r'<input[^>]*name="(\w+(?:-[\w-]+)*)"[^>]*value="([^"]*)"', page.text)
    return dict(inputs)


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("page", PAGES)
def test_an_administrator_opens_every_page_in_both_languages(world, sign_in, page, language):
    admin = world.make_account(DEPARTMENT, Role.TENANT_ADMIN)
    assert sign_in(admin, language=language).get(ADDRESS + page).status_code == 200


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    ("role", "status_of_form"),
    [(Role.OFFICER, 403), (Role.HEAD, 403), (Role.CITIZEN, 403)],
)
def test_others_read_at_most(world, sign_in, page, role, status_of_form):
    reads = role is not Role.CITIZEN and page in READABLE
    shown = sign_in(world.make_account(DEPARTMENT, role)).get(ADDRESS + page)
    assert shown.status_code == (200 if reads else status_of_form)


@pytest.mark.parametrize("page", PAGES)
def test_strangers_find_nothing(world, sign_in, client, page):
    stranger = world.make_account(COMMUNE, Role.TENANT_ADMIN)
    assert sign_in(stranger).get(ADDRESS + page).status_code == 404
    assert client.get(ADDRESS + page).status_code == 302


def test_the_list_says_from_whom_and_what_is_assumed(browser):
    page = browser.get(ADDRESS + "/").text
    assert "inherited" in page or "own" in page
    assert "assumed" in page
    assert "Kế hoạch thực hiện đánh giá" in page


def test_an_inherited_setting_names_the_agency_above(world, sign_in):
    admin = world.make_account(COMMUNE, Role.TENANT_ADMIN)
    page = sign_in(admin).get(f"/{COMMUNE}/-/settings/").text
    targets = page[page.index('id="targets"') :]
    assert "inherited" in targets
    assert "Hội Khuyến học tỉnh Lai Châu" in targets


def test_an_override_is_saved_shown_as_own_and_given_back(world, browser):
    form = typed_in(browser.get(ADDRESS + "/quorum/edit"))
    sent = browser.post(ADDRESS + "/quorum/edit", data={**form, "value": "4"})
    assert sent.status_code == 303
    assert "4 members" in browser.get(ADDRESS + "/").text
    assert browser.post(ADDRESS + "/quorum/inherit").status_code == 303
    with world.inside(DEPARTMENT):
        assert value_in_effect(SettingName.QUORUM) is None


def test_a_wrong_value_stays_in_its_field(browser):
    sent = browser.post(
        ADDRESS + "/quorum/edit", data={"value": "rất nhiều", "source": "Quy chế số 9", "seen": ""}
    )
    assert sent.status_code == 422
    assert "rất nhiều" in sent.text
    assert "Quy chế số 9" in sent.text


def test_a_stale_screen_keeps_what_was_typed(browser):
    form = typed_in(browser.get(ADDRESS + "/quorum/edit"))
    browser.post(ADDRESS + "/quorum/edit", data={**form, "value": "4"})
    late = browser.post(ADDRESS + "/quorum/edit", data={**form, "value": "9"})
    assert late.status_code == 409
    assert 'value="9"' in late.text
    again = browser.post(ADDRESS + "/quorum/edit", data={**typed_in(late), "value": "9"})
    assert again.status_code == 303


def test_lines_are_arranged_without_saving_or_losing_anything(world, browser):
    line = {"lines-0-text": "Luật A", "lines-0-source": "Công báo", "lines-1-text": "Luật B"}
    form = {"seen": "", "lines-1-source": "", **line}
    moved = browser.post(ADDRESS + "/legal-bases/edit", data={**form, "arrange": "up-1"})
    assert moved.status_code == 200
    assert moved.text.index("Luật B") < moved.text.index("Luật A")
    added = browser.post(ADDRESS + "/legal-bases/edit", data={**form, "arrange": "add"})
    assert "lines-2-text" in added.text
    blank = added.text[added.text.index("lines-2-text") :]
    assert "Luật" not in blank[: blank.index("</textarea>")]
    gone = browser.post(ADDRESS + "/legal-bases/edit", data={**form, "arrange": "remove-0"})
    assert "Công báo" not in gone.text
    with world.inside(DEPARTMENT):
        assert len(value_in_effect(SettingName.LEGAL_BASES)) == 2


def test_a_list_is_saved_in_its_order_without_its_empty_lines(world, browser):
    form = typed_in(browser.get(ADDRESS + "/legal-bases/edit"))
    lines = {f"lines-{place}-text": text for place, text in enumerate(["Luật A", "", "Luật B"])}
    blanks = {f"lines-{place}-source": "" for place in range(3)}
    data = {"seen": form["seen"], "source": "", **lines, **blanks}
    sent = browser.post(ADDRESS + "/legal-bases/edit", data=data)
    assert sent.status_code == 303
    with world.inside(DEPARTMENT):
        kept = value_in_effect(SettingName.LEGAL_BASES)
    assert [one["text"] for one in kept] == ["Luật A", "Luật B"]


def test_a_signer_who_signs_for_another_says_for_whom(world, browser):
    seen = typed_in(browser.get(ADDRESS + "/signers/edit"))["seen"]
    line = {"title": "PHÓ GIÁM ĐỐC", "name": "Lò Văn A", "authority": "GIÁM ĐỐC"}
    form = {"seen": seen, **{f"lines-0-{name}": value for name, value in line.items()}}
    form["lines-0-signs_as"] = "KT."
    assert browser.post(ADDRESS + "/signers/edit", data=form).status_code == 422
    form["lines-0-on_behalf_of"] = "GIÁM ĐỐC"
    assert browser.post(ADDRESS + "/signers/edit", data=form).status_code == 303
    with world.inside(DEPARTMENT):
        [kept] = value_in_effect(SettingName.SIGNER)
    assert kept == {**line, "prefix": "KT.", "on_behalf_of": "GIÁM ĐỐC", "is_assumed": False}


def test_targets_and_criteria_are_kept_as_the_rules_know_them(world, browser):
    seen = typed_in(browser.get(ADDRESS + "/targets/edit"))["seen"]
    target = {"counted": "registered", "percent": "95", "year": "2026", "denominator": "eligible"}
    form = {"seen": seen, **{f"lines-0-{name}": value for name, value in target.items()}}
    assert browser.post(ADDRESS + "/targets/edit", data=form).status_code == 303
    seen = typed_in(browser.get(ADDRESS + "/criteria/edit"))["seen"]
    choice = {"group": "3", "reference": "lai-chau-2026@1", "from_year": "2026"}
    form = {"seen": seen, **{f"lines-0-{name}": value for name, value in choice.items()}}
    assert browser.post(ADDRESS + "/criteria/edit", data=form).status_code == 303
    with world.inside(DEPARTMENT):
        [kept] = value_in_effect(SettingName.TARGETS)
        [chosen] = value_in_effect(SettingName.CRITERIA)
    assert (kept["name"], kept["percent"], kept["source"]) == ("registered", 95, None)
    assert chosen == {"group": 3, "reference": "lai-chau-2026@1", "from_year": 2026}


def test_a_province_is_offered_the_national_sets_and_its_own(world, sign_in):
    ours = sign_in(world.make_account(DEPARTMENT, Role.TENANT_ADMIN))
    theirs = sign_in(world.make_account(OTHER_PROVINCE, Role.TENANT_ADMIN))
    assert "lai-chau-2026@1" in ours.get(ADDRESS + "/criteria/edit").text
    page = theirs.get(f"/{OTHER_PROVINCE}/-/settings/criteria/edit").text
    assert "lai-chau-2026@1" not in page
    assert "qd-324-2023@1" in page


def test_an_agency_may_ask_more_people_for_a_factor_than_the_one_above_and_never_fewer(
    world, sign_in, browser
):
    above = sign_in(world.make_account(PROVINCE, Role.TENANT_ADMIN))
    asked = f"/{PROVINCE}/-/settings/second-factor/edit"
    assert "Of those who decide" in browser.get(ADDRESS + "/").text
    form = typed_in(browser.get(ADDRESS + "/second-factor/edit"))
    strict, loose = ({**form, "value": value} for value in ("everybody", "deciders"))
    assert browser.post(ADDRESS + "/second-factor/edit", data=loose).status_code == 303
    sent = above.post(asked, data={**typed_in(above.get(asked)), "value": "everybody"})
    assert sent.status_code == 303
    for page in ("/", "/second-factor/edit"):
        assert "Of everybody" in browser.get(ADDRESS + page).text
    now = {"seen": typed_in(browser.get(ADDRESS + "/second-factor/edit"))["seen"]}
    refused = browser.post(ADDRESS + "/second-factor/edit", data=loose | now)
    assert refused.status_code == 422
    assert "Hội Khuyến học tỉnh Lai Châu asks for more" in refused.text
    assert browser.post(ADDRESS + "/second-factor/edit", data=strict | now).status_code == 303


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_record_says_of_whom_a_factor_was_asked(world, sign_in, language):
    admin = sign_in(world.make_account(DEPARTMENT, Role.TENANT_ADMIN), language=language)
    form = typed_in(admin.get(ADDRESS + "/second-factor/edit"))
    admin.post(ADDRESS + "/second-factor/edit", data={**form, "value": "everybody"})
    said = {"vi": "Mọi người", "en": "Of everybody"}[language]
    assert said in admin.get(f"/{DEPARTMENT}/-/record/").text


def test_one_inherited_target_is_taken_up_to_be_set_by_the_agency(world, sign_in):
    admin = sign_in(world.make_account(COMMUNE, Role.TENANT_ADMIN))
    address = f"/{COMMUNE}/-/settings/targets/edit"
    assert "lines-1-percent" not in admin.get(address).text
    link = "targets/edit?own=recognised_adults-2030"
    assert link in admin.get(f"/{COMMUNE}/-/settings/").text
    form = typed_in(admin.get(f"/{COMMUNE}/-/settings/{link}"))
    assert (form["lines-0-percent"], form["lines-0-year"]) == ("60", "2030")
    chosen = {"lines-0-counted": "recognised_adults", "lines-0-denominator": "eligible"}
    sent = admin.post(address, data={**form, **chosen, "lines-0-percent": "75"})
    assert sent.status_code == 303
    with world.inside(COMMUNE):
        [kept] = value_in_effect(SettingName.TARGETS)
    assert (kept["percent"], kept["is_assumed"]) == (75, False)
    page = admin.get(f"/{COMMUNE}/-/settings/").text
    assert "in place of 60%" in page
    assert "targets/edit?own=recognised_adults-2030" not in page
    assert "targets/edit?own=digital_skills-2030" in page
