"""Reads the files of all tenants; the address of a tenant is its folder below ``definitions/``."""

import re
from pathlib import Path

from tenants.loading.agencies import read_agency
from tenants.loading.communes import read_communes
from tenants.loading.consistency import DefinitionSource, check_all, parents_first
from tenants.loading.tables import DefinitionError, open_document
from tenants.schema import TenantDefinition


DEFINITIONS = Path(__file__).parents[1] / "definitions"
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*(/[a-z0-9]+(-[a-z0-9]+)*)*")


def load_definition(path: Path, root: Path = DEFINITIONS) -> TenantDefinition:
    """Read the tenant of one file, without the communes that the file may add."""
    return _read(path, root)[0].definition


def load_all_definitions(root: Path = DEFINITIONS) -> tuple[TenantDefinition, ...]:
    """Read every tenant, parents before children, and check that they fit together."""
    paths = sorted(root.rglob("tenant.toml"))
    sources = [source for path in paths for source in _read(path, root)]
    check_all(sources)
    return parents_first(sources)


def _read(path: Path, root: Path) -> list[DefinitionSource]:
    slug = path.parent.relative_to(root).as_posix()
    if not SLUG.fullmatch(slug):
        raise DefinitionError(path, "the folder", "small letters, digits and hyphens", slug)
    with open_document(path) as document:
        own = read_agency(document, slug)
        communes = read_communes(document, own)
    below = [DefinitionSource(path, "commune_defaults", commune) for commune in communes]
    return [DefinitionSource(path, "", own), *below]
