"""The catalogue names every province and commune once, and gives each commune an address."""

import json
import re
import unicodedata
from collections import Counter

import pytest

from tenants.loading import DefinitionError, load_catalogue
from tenants.loading.catalogue import UNITS
from tenants.schema import CommuneKind


COMMUNES = load_catalogue().communes


def ascii_name(words):
    plain = unicodedata.normalize("NFD", words.replace("Đ", "D").replace("đ", "d"))
    letters = "".join(one for one in plain if not unicodedata.combining(one))
    return re.sub(r"[^a-z0-9]+", "-", letters.lower()).strip("-")


def test_there_are_34_provinces_and_3321_communes():
    assert len(load_catalogue().provinces) == 34
    assert Counter(one.kind for one in COMMUNES) == {
        CommuneKind.COMMUNE: 2621,
        CommuneKind.WARD: 687,
        CommuneKind.SPECIAL_ZONE: 13,
    }


@pytest.mark.parametrize(("province", "size"), [("12", 38), ("20", 65), ("51", 96), ("79", 168)])
def test_a_province_has_as_many_communes_as_published(province, size):
    assert len(load_catalogue().communes_of(province)) == size


def test_a_code_names_one_commune():
    assert len({one.code for one in COMMUNES}) == len(COMMUNES)


def test_no_two_communes_of_a_province_share_an_address():
    shared = Counter((one.province, one.slug) for one in COMMUNES)
    assert [one for one, times in shared.items() if times > 1] == []


def test_an_address_is_the_name_then_with_its_kind_then_with_its_code():
    for one in COMMUNES:
        name, full = ascii_name(one.bare_name), ascii_name(one.name)
        assert one.slug in {name, full, f"{full}-{one.code}"}


@pytest.mark.parametrize(
    ("code", "slug"),
    [
        ("06463", "chi-lang"),
        ("15853", "phuong-dong-tien"),
        ("21484", "xa-ba-to-21484"),
        ("24823", "phuong-1-bao-loc"),
    ],
)
def test_an_address_is_as_short_as_its_neighbours_allow(code, slug):
    assert [one.slug for one in COMMUNES if one.code == code] == [slug]


def test_every_name_begins_with_the_word_of_its_kind_and_is_written_with_capitals():
    words = {
        CommuneKind.COMMUNE: "Xã ",
        CommuneKind.WARD: "Phường ",
        CommuneKind.SPECIAL_ZONE: "Đặc khu ",
    }
    for one in COMMUNES:
        assert one.name.startswith(words[one.kind])
        # A small L for a capital I ("la Chim") would be caught here.
        assert all(word[0].isupper() or not word[0].isalpha() for word in one.bare_name.split())


def test_every_name_is_composed_unicode():
    assert all(unicodedata.is_normalized("NFC", one.name) for one in COMMUNES)


def test_everything_holds_since_the_reform_of_july_2025():
    assert {one.valid_from.isoformat() for one in COMMUNES} == {"2025-07-01"}
    assert {one.valid_to for one in COMMUNES} == {None}


def test_a_commune_of_an_unknown_province_is_refused(tmp_path):
    document = json.loads(UNITS.read_text(encoding="utf-8"))
    document["communes"][7]["province"] = "99"
    path = tmp_path / "units.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(DefinitionError, match=r"communes\[7\]\.province: .* found '99'"):
        load_catalogue(path)
