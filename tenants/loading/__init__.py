"""Reads the files of ``tenants/`` into the values of ``tenants.schema``."""

from tenants.loading.calendar import load_calendar
from tenants.loading.catalogue import load_catalogue
from tenants.loading.criteria import (
    criteria_document,
    find_criteria_set,
    load_all_criteria,
    load_criteria_set,
    read_criteria_set,
)
from tenants.loading.definitions import load_all_definitions, load_definition
from tenants.loading.published import digest_of, published_digests
from tenants.loading.tables import DefinitionError


__all__ = [
    "DefinitionError",
    "criteria_document",
    "digest_of",
    "find_criteria_set",
    "load_all_criteria",
    "load_all_definitions",
    "load_calendar",
    "load_catalogue",
    "load_criteria_set",
    "load_definition",
    "published_digests",
    "read_criteria_set",
]
