"""Reads the provinces and communes of Việt Nam from the catalogue."""

import json
from datetime import date
from functools import cache, partial
from pathlib import Path

from tenants.loading.tables import Table
from tenants.schema import Catalogue, Commune, CommuneKind, Province


UNITS = Path(__file__).parents[1] / "catalogue" / "units_2025.json"


@cache
def load_catalogue(path: Path = UNITS) -> Catalogue:
    """Read every province and commune."""
    with Table(path, json.loads(path.read_text(encoding="utf-8"))) as document:
        since = document.day("valid_from")
        provinces = document.each("provinces", partial(_province, since=since))
        communes = document.each("communes", partial(_commune, since=since))
    _check(path, provinces, communes)
    return Catalogue(provinces=provinces, communes=communes)


def _province(table: Table, since: date) -> Province:
    with table:
        return Province(
            code=table.string("code"),
            name=table.string("name"),
            valid_from=table.maybe("valid_from", table.day, since),
            valid_to=table.maybe("valid_to", table.day, None),
        )


def _commune(table: Table, since: date) -> Commune:
    # What the source said where we corrected it; kept for those who compare the two.
    table.maybe("source_name", table.string, None)
    table.maybe("source_kind", table.string, None)
    with table:
        return Commune(
            code=table.string("code"),
            province=table.string("province"),
            name=table.string("name"),
            kind=table.member("kind", CommuneKind),
            slug=table.string("slug"),
            valid_from=table.maybe("valid_from", table.day, since),
            valid_to=table.maybe("valid_to", table.day, None),
        )


def _check(path: Path, provinces: tuple[Province, ...], communes: tuple[Commune, ...]) -> None:
    codes = {province.code for province in provinces}
    for index, commune in enumerate(communes):
        if commune.province not in codes:
            table = Table(path, {}, f"communes[{index}]")
            raise table.error("province", "the code of a province above", commune.province)
