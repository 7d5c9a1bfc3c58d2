"""Makes a tenant of each commune of a province from what they have in common.

A province's file says ``communes = "all"`` or lists codes, and then three tables:
``commune_defaults`` (what any agency may declare, with room for the commune's name),
``commune_units`` (by kind of commune) and, if need be, ``commune_places`` (by code).
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tenants.loading.agencies import read_agency
from tenants.loading.catalogue import load_catalogue
from tenants.loading.choices import read_unit
from tenants.loading.tables import Table
from tenants.schema import Commune, CommuneKind, TenantDefinition, TenantKind


OWN_KEYS = {"kind", "province", "parent", "commune", "name", "place", "units"}


def read_communes(document: Table, above: TenantDefinition) -> tuple[TenantDefinition, ...]:
    """Read the communes that a province's file adds below the province."""
    communes = _chosen(document, above.province)
    if not communes:
        return ()
    defaults = document.table("commune_defaults")
    for key in OWN_KEYS & defaults.values.keys():
        raise defaults.error(key, "nothing: every commune has its own", defaults.values[key])
    units = document.table("commune_units")
    with units:
        units_of = {kind: units.each(kind.value, read_unit) for kind in CommuneKind}
    places = _places(document, communes)
    return tuple(
        replace(_read(defaults, one, above, places[one.code]), units=units_of[one.kind])
        for one in communes
    )


def _chosen(document: Table, province: str) -> tuple[Commune, ...]:
    chosen = document.maybe("communes", document.anything, [])
    there = load_catalogue().communes_of(province)
    if chosen == "all":
        return there
    codes = [commune.code for commune in there]
    if not isinstance(chosen, list) or not all(one in codes for one in chosen):
        expected = f'"all" or a list of codes of communes of the province {province}'
        raise document.error("communes", expected, chosen)
    return tuple(commune for commune in there if commune.code in chosen)


def _places(document: Table, communes: tuple[Commune, ...]) -> Mapping[str, str]:
    places = {commune.code: commune.bare_name for commune in communes}
    exceptions = document.maybe("commune_places", document.table, None)
    if exceptions is None:
        return places
    with exceptions:
        return {
            code: exceptions.maybe(code, exceptions.string, name) for code, name in places.items()
        }


def _read(
    defaults: Table, commune: Commune, above: TenantDefinition, place: str
) -> TenantDefinition:
    own = {
        "kind": TenantKind.COMMUNE.value,
        "province": above.province,
        "parent": above.slug,
        "commune": commune.code,
        "name": commune.name,
        "place": place,
    }
    filled = _filled(defaults.values, _words(commune))
    with Table(defaults.path, {**filled, **own}, defaults.where) as table:
        return read_agency(table, f"{above.slug}/{commune.slug}")


def _words(commune: Commune) -> Mapping[str, str]:
    name = commune.name
    return {
        "{Commune}": name,
        "{commune}": name[0].lower() + name[1:],
        "{COMMUNE}": name.upper(),
    }


def _filled(value: Any, words: Mapping[str, str]) -> Any:
    """Put the commune's name where the defaults leave room for it."""
    if isinstance(value, dict):
        return {key: _filled(one, words) for key, one in value.items()}
    if isinstance(value, list):
        return [_filled(one, words) for one in value]
    if isinstance(value, str):
        for blank, word in words.items():
            value = value.replace(blank, word)
    return value
