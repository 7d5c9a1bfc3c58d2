"""What a list is narrowed to, as its address says."""

from uuid import UUID

from flask import request

from app.web.choices import whole_number


def chosen_unit() -> UUID | None:
    """Return the unit of ``?unit=``."""
    return request.args.get("unit", type=UUID)


def chosen_group() -> int | None:
    """Return the group of ``?group=``."""
    return request.args.get("group", type=whole_number)
