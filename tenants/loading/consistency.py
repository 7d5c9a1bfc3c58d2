"""Checks what no single file can know: that tenants, communes and criteria fit together."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from tenants.loading.catalogue import load_catalogue
from tenants.loading.criteria import find_criteria_set
from tenants.loading.tables import DefinitionError
from tenants.schema import CriteriaChoice, CriteriaSet, TenantDefinition, TenantKind


class DefinitionSource(NamedTuple):
    """A tenant and the place in a file where it was declared."""

    path: Path
    where: str
    definition: TenantDefinition

    def error(self, key: str, expected: str, found: object) -> DefinitionError:
        """Describe a mistake at one of this tenant's keys."""
        place = f"{self.where}.{key}" if self.where else key
        return DefinitionError(self.path, place, expected, found)


def check_all(sources: Sequence[DefinitionSource]) -> None:
    """Refuse the first tenant that does not fit the others."""
    by_slug = {source.definition.slug: source.definition for source in sources}
    taken = Counter(source.definition.slug for source in sources)
    for source in sources:
        slug = source.definition.slug
        if taken[slug] > 1:
            raise source.error("slug", "an address that no other tenant has", slug)
        _check_place(source)
        _check_parent(source, by_slug)
        _check_criteria(source)
        _check_once(source)


def parents_first(sources: Sequence[DefinitionSource]) -> tuple[TenantDefinition, ...]:
    """Put the tenants in an order in which every parent comes before its children."""
    by_slug = {source.definition.slug: source for source in sources}
    ranked = [(_rank(source, by_slug), source.definition) for source in sources]
    ranked.sort(key=lambda pair: (pair[0], pair[1].slug))
    return tuple(definition for _, definition in ranked)


def _rank(source: DefinitionSource, by_slug: Mapping[str, DefinitionSource]) -> int:
    rank, above = 0, source.definition.parent
    while above is not None:
        rank, above = rank + 1, by_slug[above].definition.parent
        if rank > len(by_slug):
            raise source.error("parent", "a chain that ends", source.definition.parent)
    return rank


def _check_place(source: DefinitionSource) -> None:
    tenant = source.definition
    if tenant.province not in {province.code for province in load_catalogue().provinces}:
        raise source.error("province", "a province's code in the catalogue", tenant.province)
    if (tenant.kind is TenantKind.COMMUNE) != (tenant.commune is not None):
        raise source.error("commune", "a code for a commune and for no other", tenant.commune)
    here = {commune.code for commune in load_catalogue().communes_of(tenant.province)}
    if tenant.commune is not None and tenant.commune not in here:
        expected = f"the code of a commune of the province {tenant.province}"
        raise source.error("commune", expected, tenant.commune)


def _check_parent(source: DefinitionSource, by_slug: Mapping[str, TenantDefinition]) -> None:
    tenant = source.definition
    if tenant.parent is None:
        return
    above = by_slug.get(tenant.parent)
    if above is None:
        raise source.error("parent", "the address of a tenant", tenant.parent)
    if above.province != tenant.province:
        raise source.error("province", f"{above.province}, as its parent has", tenant.province)


def _check_criteria(source: DefinitionSource) -> None:
    tenant = source.definition
    for choice in tenant.criteria:
        _check_choice(source, choice)
    chosen = {choice.group for choice in tenant.criteria}
    if chosen != set(tenant.groups):
        wanted = f"a set for each of the groups {sorted(tenant.groups)} and no other"
        raise source.error("criteria", wanted, sorted(chosen))


def _check_choice(source: DefinitionSource, choice: CriteriaChoice) -> None:
    criteria = find_criteria_set(choice.reference)
    if criteria is None:
        raise source.error("criteria.set", "a published set", choice.reference)
    if criteria.province not in {None, source.definition.province}:
        raise source.error("criteria.set", "a national set or the province's", choice.reference)
    numbers = [group.number for group in criteria.groups]
    if choice.group not in numbers:
        raise source.error("criteria.groups", f"groups of {choice.reference}", choice.group)
    if not _is_valid_in(criteria, choice.from_year):
        expected = f"a year in which {choice.reference} may be used"
        raise source.error("criteria.from_year", expected, choice.from_year)


def _is_valid_in(criteria: CriteriaSet, year: int) -> bool:
    ends = criteria.valid_to_year
    return criteria.valid_from_year <= year and (ends is None or year <= ends)


def _check_once(source: DefinitionSource) -> None:
    tenant = source.definition
    _refuse_twice(source, "criteria", [(one.group, one.from_year) for one in tenant.criteria])
    _refuse_twice(source, "deadlines", [(one.kind.value, one.year) for one in tenant.deadlines])
    _refuse_twice(source, "targets", [(one.name.value, one.year) for one in tenant.targets])
    _refuse_twice(source, "units", [one.name for one in tenant.units])
    if not tenant.signers:
        raise source.error("signers", "at least the head of the agency", None)


def _refuse_twice(source: DefinitionSource, key: str, said: Sequence[object]) -> None:
    for one, times in Counter(said).items():
        if times > 1:
            raise source.error(key, "each only once", one)
