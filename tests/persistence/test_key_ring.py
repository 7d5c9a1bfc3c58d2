"""A ring that cannot do its work says so, and a sealed number opens in its own place alone."""

import json
from dataclasses import replace
from uuid import UUID

import pytest

from app.domain.tenants import TenantKey
from app.persistence.key_ring import Key, KeyRing, KeyRingError, KeyState, read_key_ring
from app.persistence.sealing import NumberSeal, SealBrokenError, number_of


NUMBER = "012188001234"
OLD = Key(id=1, state=KeyState.ACTIVE, secret=b"o" * 32)
NEW = Key(id=2, state=KeyState.DECRYPT_ONLY, secret=b"n" * 32)
BEFORE = NumberSeal(KeyRing((OLD, NEW)))
AFTER = NumberSeal(
    KeyRing(
        (replace(OLD, state=KeyState.DECRYPT_ONLY), replace(NEW, state=KeyState.ACTIVE)),
    )
)
HERE = number_of(UUID(int=1), TenantKey(12, UUID(int=2)))


def test_a_value_names_its_key_in_the_first_byte_and_both_rings_read_it():
    for seal in (BEFORE, AFTER):
        sealed = seal.seal(NUMBER, place=HERE)
        assert sealed[0] == seal.ring.active.id
        assert len(sealed) == 1 + 12 + len(NUMBER) + 16
        assert BEFORE.open(sealed, place=HERE) == AFTER.open(sealed, place=HERE) == NUMBER


@pytest.mark.parametrize(
    "elsewhere",
    [
        replace(HERE, row=UUID(int=3)),
        replace(HERE, tenant=TenantKey(12, UUID(int=3))),
        replace(HERE, tenant=TenantKey(20, UUID(int=2))),
        replace(HERE, column="name"),
        replace(HERE, table="account"),
    ],
)
def test_a_value_opens_in_no_other_place(elsewhere):
    sealed = BEFORE.seal(NUMBER, place=HERE)
    with pytest.raises(SealBrokenError):
        BEFORE.open(sealed, place=elsewhere)


def test_a_damaged_value_does_not_open():
    sealed = bytearray(BEFORE.seal(NUMBER, place=HERE))
    sealed[-1] ^= 1
    with pytest.raises(SealBrokenError):
        BEFORE.open(bytes(sealed), place=HERE)


def test_a_value_of_a_key_that_is_not_there_is_no_text():
    sealed = AFTER.seal(NUMBER, place=HERE)
    with pytest.raises(KeyRingError, match="key 2"):
        NumberSeal(KeyRing((OLD,))).open(sealed, place=HERE)


def test_what_finds_a_number_differs_by_key_and_province():
    found = {seal.index(NUMBER, province_id=one) for seal in (BEFORE, AFTER) for one in (12, 20)}
    assert len(found) == 4
    assert BEFORE.other_index(NUMBER, province_id=12) == AFTER.index(NUMBER, province_id=12)


@pytest.mark.parametrize("suffix", [".toml", ".json"])
def test_a_ring_is_read_from_its_file(tmp_path, suffix):
    path = tmp_path / f"keys{suffix}"
    keys = {"1": {"state": "retired"}, "7": {"state": "active", "secret": "ab" * 32}}
    lines = [
        f"[keys.{name}]\n" + "".join(f'{field} = "{value}"\n' for field, value in one.items())
        for name, one in keys.items()
    ]
    path.write_text(json.dumps({"keys": keys}) if suffix == ".json" else "".join(lines))
    ring = read_key_ring(path)
    assert (ring.active.id, ring.active.secret) == (7, b"\xab" * 32)
    assert ring.other is None


@pytest.mark.parametrize(
    "written",
    [
        "",
        "[keys.1]\nstate = 'active'\n",
        "[keys.1]\nstate = 'active'\nsecret = 'abcd'\n",
        "[keys.1]\nstate = 'active'\nsecret = 'SECRET'\n",
        "[keys.1]\nstate = 'busy'\nsecret = '" + "ab" * 32 + "'\n",
        "[keys.0]\nstate = 'active'\nsecret = '" + "ab" * 32 + "'\n",
        "[keys.1]\nstate = 'decrypt-only'\nsecret = '" + "ab" * 32 + "'\n",
        "keys = SECRET",
    ],
)
def test_a_file_that_is_no_ring_is_refused_without_quoting_it(tmp_path, written):
    path = tmp_path / "keys.toml"
    path.write_text(written)
    with pytest.raises(KeyRingError) as refusal:
        read_key_ring(path)
    assert "SECRET" not in f"{refusal.value!r} {refusal.value.__cause__!r}"
    with pytest.raises(KeyRingError):
        read_key_ring(tmp_path / "nothing.toml")


def test_a_key_does_not_show_its_secret():
    assert "oooo" not in repr(BEFORE)
