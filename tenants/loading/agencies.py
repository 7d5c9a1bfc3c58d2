"""Reads the table of one agency."""

from functools import partial

from tenants.loading.choices import (
    read_choices,
    read_deadline,
    read_legal_basis,
    read_predecessor,
    read_signer,
    read_target,
    read_unit,
)
from tenants.loading.tables import Table
from tenants.schema import LOCALES, TenantDefinition, TenantKind, Text


def read_agency(table: Table, slug: str) -> TenantDefinition:
    """Read what an agency declares; the caller knows its address."""
    return TenantDefinition(
        slug=slug,
        kind=table.member("kind", TenantKind),
        province=table.string("province"),
        parent=table.maybe("parent", table.string, None),
        commune=table.maybe("commune", table.string, None),
        name=table.string("name"),
        full_name=table.string("full_name"),
        printed_name=table.string("printed_name"),
        superior=table.maybe("superior", table.string, None),
        symbol=table.string("symbol"),
        place=table.string("place"),
        units=table.each("units", read_unit),
        groups=table.integers("groups"),
        criteria=tuple(one for some in table.each("criteria", read_choices) for one in some),
        deadlines=table.each("deadlines", read_deadline),
        targets=table.each("targets", read_target),
        signers=table.each("signers", read_signer),
        legal_bases=table.each("legal_bases", read_legal_basis),
        predecessors=table.each("predecessors", read_predecessor),
        is_confirmation_used=table.flag("is_confirmation_used"),
        appeal_days=table.maybe("appeal_days", partial(table.between, lowest=1, highest=365), None),
        source=table.string("source"),
        assumed=table.each("assumed", _sentence),
    )


def _sentence(table: Table) -> Text:
    with table:
        return {locale: table.string(locale) for locale in LOCALES}
