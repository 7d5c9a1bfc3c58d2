"""Follows the record of acts, and says where it was touched."""

import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

import click
from flask.cli import with_appcontext

from app.domain.audit_chain import HEAD_SIGNS, Fault, FaultKind
from app.domain.tenants import TenantKey
from app.persistence.queries.audit_chain import agencies_on_record
from app.persistence.queries.tenants import find_tenant
from app.persistence.tenancy import tenant_scope
from app.services.audit_chain import Progress, is_printed_head_held, verify_chain


_SENTENCES = {
    FaultKind.ROW_CHANGED: "{source} {row_id} is not what it was when it was recorded",
    FaultKind.ROW_GONE: "{source} {row_id} is gone",
    FaultKind.ROW_UNLINKED: "{source} {row_id} is in no link: put in past the record, or cut out",
    FaultKind.WORDS_CHANGED: "the words of {source} {row_id} are not those that were recorded",
    FaultKind.WORDS_GONE: "the words of {source} {row_id} were taken out, and no act says why",
    FaultKind.LINK_CHANGED: "the link of {source} {row_id} was changed, or put in another place",
    FaultKind.LINKS_GONE: "the links up to {to_seq} are gone",
    FaultKind.HEAD_WRONG: "the end of the chain is not the head that is kept for it",
    FaultKind.GIVEN_HEAD_MISSING: (
        "the head given on {on} is not in the chain: it was cut or rewritten"
    ),
}


@click.group()
def audit() -> None:
    """Verify the record of acts."""


@audit.command()
@click.argument("tenant", required=False)
@click.option("--all", "is_all", is_flag=True, help="Verify every agency.")
@click.option("--head", "printed", help="A head as a paper prints it: NUMBER-SIGNS.")
@click.option("--json", "is_json", is_flag=True, help="Write JSON, one line for each finding.")
@with_appcontext
def verify(*, tenant: str | None, is_all: bool, printed: str | None, is_json: bool) -> None:
    """Follow the chain of the agency at TENANT, or of --all; end with 1 if anything was touched.

    With --head, also look for a head that stands on a printed paper of TENANT.
    """
    if (tenant is None) != is_all or (is_all and printed):
        raise click.UsageError("name one agency, or give --all; --head goes with one agency")
    agencies = agencies_on_record() if tenant is None else [_find(tenant)]
    progress, found, started = Progress(), 0, time.monotonic()
    for slug, key in agencies:
        for line in _findings(slug, key, progress, printed):
            click.echo(json.dumps(line) if is_json else _in_words(line))
            found += 1
    seconds = max(time.monotonic() - started, 0.001)
    summary = {
        "agencies": len(agencies),
        "links": progress.links,
        "findings": found,
        "links_per_second": round(progress.links / seconds),
    }
    click.echo(json.dumps(summary) if is_json else _summed_up(summary))
    if found:
        raise click.exceptions.Exit(1)


def _findings(
    slug: str, key: TenantKey, progress: Progress, printed: str | None
) -> Iterator[dict[str, Any]]:
    with tenant_scope(key):
        yield from _told(slug, verify_chain(progress))
        if printed is not None and not is_printed_head_held(*_head(printed)):
            yield {"agency": slug, "kind": "printed-head-missing", "seq": _head(printed)[0]}


def _told(slug: str, faults: Iterable[Fault]) -> Iterator[dict[str, Any]]:
    for fault in faults:
        known = {name: value for name, value in asdict(fault).items() if value is not None}
        yield {"agency": slug, **known, "kind": fault.kind.value}


def _in_words(line: dict[str, Any]) -> str:
    place = f"{line['agency']}, link {line.get('seq', '-')}"
    if line["kind"] == "printed-head-missing":
        return f"{place}: the printed head is not in the chain"
    facts = {name: line.get(name, "-") for name in ("source", "row_id", "to_seq", "on")}
    return f"{place}: {_SENTENCES[FaultKind(line['kind'])].format(**facts)}"


def _summed_up(summary: dict[str, int]) -> str:
    return (
        f"{summary['links']} links of {summary['agencies']} agencies followed,"
        f" {summary['links_per_second']} a second; findings: {summary['findings']}"
    )


def _head(printed: str) -> tuple[int, str]:
    number, _, signs = printed.strip().partition("-")
    is_hexadecimal = all(sign in "0123456789abcdef" for sign in signs)
    if not number.isdecimal() or len(signs) < HEAD_SIGNS or not is_hexadecimal:
        raise click.UsageError(f"a head is written like 1204-9f86d081884c7d65, not {printed!r}")
    return int(number), signs


def _find(slug: str) -> tuple[str, TenantKey]:
    found = find_tenant(slug)
    if found is None:
        raise click.ClickException(f"there is no agency {slug!r}")
    return slug, found.key
