"""Who holds which role in an agency's story, and the accounts that newcomers may sign in with."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple
from uuid import UUID

from app.demonstration.agencies import Agency
from app.demonstration.people import CORE_STAFF
from app.demonstration.records import TenantStory
from app.domain.permissions import Role
from tenants.schema import TenantKind


PASSWORD = "hoc-tap-suot-doi"  # noqa: S105 - shown to everybody: there is nothing real behind it
"""What opens every demonstration account: "lifelong learning"."""

PREFIXES: Mapping[str, str] = {
    "lai-chau": "laichau",
    "lai-chau/so-cong-thuong": "sct",
    "lai-chau/so-noi-vu": "snv",
    "lang-son": "langson",
    "lang-son/chi-lang": "chilang",
    "quang-ngai": "quangngai",
    "quang-ngai/mang-den": "mangden",
}
"""What the logins of an agency begin with."""

SUPERIOR, ASSOCIATION, ADMIN = "captren", "khuyenhoc", "quantri"
_ADMIN_PLACE = CORE_STAFF


class Login(NamedTuple):
    """A name to sign in with that is easy to remember, and the role it stands for."""

    name: str
    role: Role


def logins_of(slug: str, story: TenantStory) -> Mapping[int, Login]:
    """Return the easy logins of an agency by place; none where newcomers are not shown around."""
    prefix = PREFIXES.get(slug)
    if prefix is None:
        return {}
    words = dict(_words(story))
    return {place: Login(f"{prefix}.{word}", role) for place, (word, role) in words.items()}


def _words(story: TenantStory) -> Iterator[tuple[int, tuple[str, Role]]]:
    cast, is_commune = story.cast, story.facts.kind is TenantKind.COMMUNE
    first, second = cast.appraisers
    yield _citizen(story), ("congdan", Role.CITIZEN)
    yield _ADMIN_PLACE, (ADMIN, Role.TENANT_ADMIN)
    yield cast.officer, ("vanphong", Role.OFFICER)
    yield cast.unit_head, ("truongthon" if is_commune else "truongphong", Role.UNIT_HEAD)
    yield first, ("thanhvien", Role.APPRAISER)
    yield second, ("thanhvien2", Role.APPRAISER)
    yield cast.secretary, ("thuky", Role.SECRETARY)
    yield cast.chair, ("totruong", Role.CHAIR)
    yield cast.head, ("chutich" if is_commune else "giamdoc", Role.HEAD)


def _citizen(story: TenantStory) -> int:
    """Return the place of somebody amid a self-assessment, or of anybody if there is none."""
    drafting = (
        place
        for place, person in enumerate(story.people)
        for year in person.years
        if place > _ADMIN_PLACE and any(score is not None for score in year.draft)
        if year.year == story.years[-1].plan.year and not year.is_on_behalf
    )
    return next(drafting, min(_ADMIN_PLACE + 1, len(story.people) - 1))


def roles_of(agency: Agency, story: TenantStory, place: int) -> Iterator[tuple[Role, UUID | None]]:
    """Yield the roles of somebody, each with the unit that it is about.

    The head of the union confirms everybody but himself; the office does that.
    """
    cast = story.cast
    yield Role.CITIZEN, None
    by_place: Mapping[int, Role] = {
        cast.head: Role.HEAD,
        cast.officer: Role.OFFICER,
        cast.chair: Role.CHAIR,
        cast.secretary: Role.SECRETARY,
        **dict.fromkeys(cast.appraisers, Role.APPRAISER),
    }
    if place in by_place:
        yield by_place[place], None
    if place == _ADMIN_PLACE and agency.slug in PREFIXES:
        yield Role.TENANT_ADMIN, None
    if place == cast.unit_head:
        yield from ((Role.UNIT_HEAD, unit) for unit in agency.units)
    if place == cast.officer:
        own = story.people[cast.unit_head].unit_number
        yield Role.UNIT_HEAD, agency.unit(own)
