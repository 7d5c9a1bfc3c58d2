"""Which tables of agencies a statement names."""

import re
from functools import cache

from app.persistence.unnarrowed import tables_of_tenants


_PLACES = r'\b(?:FROM|JOIN|INTO|UPDATE|ONLY|USING|LOCK|TABLE)\s+"?|,\s+"?'


@cache
def _pattern() -> re.Pattern[str]:
    names = "|".join(sorted(table.name for table in tables_of_tenants()))
    return re.compile(rf'(?:{_PLACES})({names})"?\b(?!\s*[.(=]|\s+(?:IN|IS)\b)', re.IGNORECASE)


@cache
def tables_named_in(statement: str) -> tuple[str, ...]:
    """Return every mention of a tenant's table where a statement says what it reads or writes."""
    return tuple(name.lower() for name in _pattern().findall(statement))
