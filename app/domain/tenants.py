"""Which agency something belongs to."""

from typing import NamedTuple
from uuid import UUID


class TenantKey(NamedTuple):
    """The two columns that every row of an agency begins with."""

    province_id: int
    tenant_id: UUID
