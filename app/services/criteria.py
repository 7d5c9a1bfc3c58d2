"""Writing a province's criteria sets: drafts, what is changed in them, and their publication.

A draft starts as a copy of a published set and holds what differs from it. Publishing it adds a
version; dossiers stay with the version that they were made with.
"""

from dataclasses import replace
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import IntegrityError

from app.domain.audit import Act
from app.domain.criteria import Cells, DraftState, cells_of, differences, next_series, with_cells
from app.domain.criteria_documents import digest_of_document, document_of
from app.domain.criteria_faults import require_publishable, require_true_verification, tidied
from app.domain.ids import new_id
from app.domain.permissions import Actor, Permission
from app.domain.refusals import RefusedError, Rule
from app.persistence.clock import today, transaction_time
from app.persistence.database import db
from app.persistence.models import CriteriaDraft, Tenant
from app.persistence.queries.criteria import load_draft_to_change, newest_version, writers_on
from app.persistence.queries.rules import load_criteria
from app.persistence.queries.tenants import load_tenant_by_id
from app.services.record import record_act
from tenants.loading import read_criteria_set
from tenants.schema import CriteriaSet, Verification


_PUBLISH = text("SELECT publish_criteria_set(:wanted, :digest, :words, :by, :editors)").bindparams(
    bindparam("words", type_=JSONB)
)


def start_draft(base: CriteriaSet, *, by: Actor) -> CriteriaDraft:
    """Copy a published set into a draft of the province's next version."""
    tenant = _require_writer(by)
    key = next_series(base, province=tenant.province_id, slug=tenant.slug)
    draft = CriteriaDraft(
        id=new_id(), based_on=base.reference, key=key, changed_at=transaction_time()
    )
    db.session.add(draft)
    try:
        db.session.flush()
    except IntegrityError as error:
        raise RefusedError(Rule.CRITERIA_DRAFT_OPEN, key=key) from error
    _record(Act.CRITERIA_DRAFT_STARTED, draft, by)
    return draft


def _require_writer(by: Actor) -> Tenant:
    """Return the agency of whoever may write sets: an administrator at the top of a province."""
    by.require(Permission.SETTINGS_EDIT)
    tenant = load_tenant_by_id(*by.tenant)
    if tenant.parent_id is not None:
        raise RefusedError(Rule.CRITERIA_MADE_AT_TOP)
    return tenant


def current_cells(draft: CriteriaDraft) -> dict[str, str]:
    """Return what a draft says: its base, and what was changed."""
    return {**cells_of(load_criteria(draft.based_on)), **draft.changes}


def change_draft(draft_id: UUID, cells: Cells, *, version: int, by: Actor) -> int:
    """Write cells that hold up into a draft; return how many now say something else."""
    return _write(Act.CRITERIA_DRAFT_CHANGED, draft_id, cells, version=version, by=by)


def import_into_draft(
    draft_id: UUID, cells: Cells, *, refused: int, version: int, by: Actor
) -> int:
    """Write the good cells of a file into a draft; ``refused`` is how many were bad."""
    return _write(
        Act.CRITERIA_DRAFT_IMPORTED, draft_id, cells, version=version, by=by, refused=refused
    )


def _write(
    act: Act, draft_id: UUID, cells: Cells, *, version: int, by: Actor, **facts: object
) -> int:
    _require_writer(by)
    draft = _load_fresh(draft_id, version)
    before = current_cells(draft)
    base = cells_of(load_criteria(draft.based_on))
    after = {**before, **{path: one for path, one in tidied(cells).items() if path in base}}
    changed = differences(before, after)
    if not changed:
        return 0
    draft.changes = {one.path: one.after for one in differences(base, after)}
    draft.editors = {**draft.editors, str(by.identity_id): by.name}
    draft.changed_at = transaction_time()
    draft.version += 1
    _record(act, draft, by, cells=[one.path for one in changed], **facts)
    return len(changed)


def _load_fresh(draft_id: UUID, version: int) -> CriteriaDraft:
    draft = load_draft_to_change(draft_id)
    if draft.version != version:
        raise RefusedError(Rule.STALE_SCREEN)
    return draft


def discard_draft(draft_id: UUID, *, version: int, by: Actor) -> None:
    """Give up a draft; the record keeps that it was there."""
    _require_writer(by)
    draft = _load_fresh(draft_id, version)
    draft.state = DraftState.DISCARDED
    draft.version += 1
    _record(Act.CRITERIA_DRAFT_DISCARDED, draft, by)


def publish_draft(
    draft_id: UUID, *, version: int, verification: Verification | None, by: Actor
) -> str:
    """Publish a draft as the next version of its series, for good; return its reference.

    It counts as verified only with the signed document that somebody other than its editors says
    it was compared with.
    """
    tenant = _require_writer(by)
    draft = _load_fresh(draft_id, version)
    base, cells = load_criteria(draft.based_on), current_cells(draft)
    require_publishable(cells_of(base), cells, verification)
    if verification is not None:
        require_true_verification(verification, today=today())
        _require_other_than_editors(draft, by)
    published = replace(
        with_cells(base, cells),
        key=draft.key,
        version=newest_version(draft.key) + 1,
        province=f"{tenant.province_id:02}",
        based_on=base.reference,
        is_verified=verification is not None,
        verification=verification,
    )
    _publish(published, editors=draft.editor_names, by=by)
    draft.state, draft.published_as = DraftState.PUBLISHED, published.reference
    draft.version += 1
    _record(
        Act.CRITERIA_PUBLISHED,
        draft,
        by,
        reference=published.reference,
        is_verified=published.is_verified,
        editors=draft.editor_names,
    )
    return published.reference


def _publish(criteria: CriteriaSet, *, editors: str, by: Actor) -> None:
    content = document_of(criteria)
    # What is published has to be what anybody will read.
    if read_criteria_set(content, criteria.reference) != criteria:
        raise ValueError(criteria.reference)
    values = {
        "wanted": criteria.reference,
        "digest": digest_of_document(content),
        "words": content,
        "by": by.name,
        "editors": editors,
    }
    try:
        db.session.execute(_PUBLISH, values)
    except IntegrityError as error:
        # Somebody else has published this version at the same moment.
        raise RefusedError(Rule.STALE_SCREEN) from error


def _require_other_than_editors(draft: CriteriaDraft, by: Actor) -> None:
    """Let a second person say that the words were compared, wherever there is one."""
    has_others = any(str(one) not in draft.editors for one in writers_on(today()))
    if str(by.identity_id) in draft.editors and has_others:
        raise RefusedError(Rule.VERIFIER_EDITED)


def _record(act: Act, draft: CriteriaDraft, by: Actor, **facts: object) -> None:
    record_act(
        act,
        by=by,
        object_kind="criteria_draft",
        object_id=draft.id,
        **{"reference": draft.key, "based_on": draft.based_on, **facts},
    )
