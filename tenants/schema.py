"""What may be declared about criteria, places and tenants: plain values, checked by the loader."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeAlias


Text: TypeAlias = Mapping[str, str]
"""The same words in every language of the product, by locale: ``vi`` and ``en``."""

LOCALES = ("vi", "en")
INDICATOR_COUNT = 10


class EvidenceDemand(StrEnum):
    """How much proof an indicator asks for."""

    OPTIONAL = "optional"
    EXPECTED = "expected"  # evidence, or an explanation why there is none
    REQUIRED = "required"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreRule:
    """The numbers that make somebody a Learning Citizen, for one group of one criteria set."""

    scale_min: int = 1  # the lowest score an indicator can get
    scale_max: int = 10  # the highest
    step: int = 1  # scores are whole multiples of this above the lowest
    pass_floor: int = 5  # every indicator must reach this
    pass_total: int = 80  # and their sum this
    outstanding_years: int = 5  # recognised so many years in a row: outstanding


HIGHEST_SCORE = 1_000


def rule_limits(rule: ScoreRule) -> Mapping[str, tuple[int, int]]:
    """Return the lowest and the highest that each number of a rule may be, beside the others."""
    lowest, highest = rule.scale_min, rule.scale_max
    return {
        "scale_min": (0, HIGHEST_SCORE - 1),
        "scale_max": (lowest + 1, HIGHEST_SCORE),
        "step": (1, 100),
        "pass_floor": (lowest, highest),
        "pass_total": (lowest * INDICATOR_COUNT, highest * INDICATOR_COUNT),
        "outstanding_years": (1, 100),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """One of the ten things that are scored."""

    number: int  # 1 to 10, the order on the form
    skill: int  # 1 to 10, the skill of the national framework that it measures
    text: Text  # what the form says
    guidance: Text | None = None  # how to score it; None while no official wording is known
    evidence: EvidenceDemand = EvidenceDemand.OPTIONAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Competency:
    """A heading of the form and the indicators below it."""

    number: int  # 1 to 3
    name: Text
    indicators: tuple[Indicator, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupCriteria:
    """What one group of people is assessed against, and by which rule."""

    number: int  # as the document counts the groups: 1 to 4, or 1 to 3 in the set of 2022
    name: Text
    rule: ScoreRule
    competencies: tuple[Competency, ...]
    is_internal: bool = False  # lists of these people (pupils) are never published
    is_number_certain: bool = False  # some document states this number; else it is inferred

    @property
    def indicators(self) -> tuple[Indicator, ...]:
        """List the ten indicators in the order of the form."""
        return tuple(one for competency in self.competencies for one in competency.indicators)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """The signed document that every text was compared with, and by whom."""

    document: str  # its number: "324/QĐ-KHVN"
    signed_on: date
    issuer: str  # who issued it, in Vietnamese
    compared_by: str  # the person who compared the texts
    compared_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class CriteriaSet:
    """A published version of a criteria set. It never changes; it is superseded."""

    key: str  # the name of its folder: "qd-324-2023"
    version: int  # the name of its file: 1
    name: Text
    issuer: str  # who issued the document, in Vietnamese
    document: str  # its number: "324/QĐ-KHVN"
    issued_on: date
    valid_from_year: int  # the first assessment year it may be used for
    valid_to_year: int | None = None  # the last one; None while it is in use
    is_verified: bool = False  # every text was compared with the signed document
    verification: Verification | None = None  # with which, and by whom; None: not verified
    source: str  # where the texts come from, in Vietnamese
    notice: Text  # what readers of these texts must know; shown wherever they are
    province: str | None = None  # code of the province that adapted it; None for a national set
    based_on: str | None = None  # reference of the set it adapts
    groups: tuple[GroupCriteria, ...]

    @property
    def reference(self) -> str:
        """Name this version as definitions do: ``qd-324-2023@1``."""
        return f"{self.key}@{self.version}"

    def group(self, number: int) -> GroupCriteria:
        """Pick the group with this number; raise LookupError if the set has none."""
        for group in self.groups:
            if group.number == number:
                return group
        raise LookupError(f"{self.reference} has no group {number}")


class DeadlineKind(StrEnum):
    """What must have happened by then."""

    REGISTRATION = "registration"  # people have registered
    SELF_ASSESSMENT = "self_assessment"  # people have submitted their dossiers
    COMPLETION = "completion"  # the agency has decided
    REPORT = "report"  # the results have reached the provincial association


class DeadlineRule(StrEnum):
    """Whether the named day itself is still in time."""

    BEFORE = "before"  # "trước ngày 05/12": 4 December is the last day
    BY = "by"  # "chậm nhất ngày 05/12": 5 December is the last day


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """A date set by a tenant for itself and for every tenant below it."""

    kind: DeadlineKind
    month: int
    day: int
    rule: DeadlineRule
    year: int | None = None  # the assessment year it is meant for; None: every year
    rolls_off_non_working_days: bool = False  # moves to the next working day
    wording: str  # as published, in Vietnamese
    source: str | None = None  # the document that says so; for an assumption, its model if any
    is_assumed: bool = False  # no document of this tenant says so


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeYear:
    """On which days of a year offices are closed beside weekends, or work on one."""

    year: int
    source: str  # what says so, in Vietnamese
    off: tuple[date, ...]
    worked: tuple[date, ...] = ()  # Saturdays and Sundays in exchange for a day off
    assumed: tuple[date, ...] = ()  # those of both that no notice was seen for


class TargetName(StrEnum):
    """What a target counts."""

    REGISTERED = "registered"
    RECOGNISED_ADULTS = "recognised_adults"
    RECOGNISED_STAFF = "recognised_staff"
    DIGITAL_SKILLS = "digital_skills"
    DIGITAL_FLUENCY = "digital_fluency"
    TRAINED_MEMBERS = "trained_members"  # the association's own cadres and members


class Denominator(StrEnum):
    """Of whom a percentage is taken. The last two are nested in the ones before."""

    MEMBERS = "members"  # cadres and members of the association
    ELIGIBLE = "eligible"  # everybody the title is meant for, registered or not
    REGISTERED = "registered"
    RECOGNISED = "recognised"
    DIGITALLY_SKILLED = "digitally_skilled"  # the recognised who have digital skills


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A share that a plan wants reached in a year."""

    name: TargetName
    percent: int
    year: int  # reached by the end of this assessment year
    denominator: Denominator
    is_strict: bool = False  # "trên 60 %": more than, not at least
    source: str | None = None  # the plan that sets it; for an assumption, its model if any
    is_assumed: bool = False


class SignaturePrefix(StrEnum):
    """The right in which somebody signs (Nghị định 30/2020/NĐ-CP)."""

    NONE = ""
    ON_BEHALF = "TM."  # of a collective body
    DEPUTY = "KT."  # for the head
    BY_ORDER = "TL."
    BY_AUTHORISATION = "TUQ."
    ACTING = "Q."


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """Somebody who may sign decisions, by office; the first of a tenant is its head."""

    title: str  # as printed above the name: "GIÁM ĐỐC"
    name: str | None = None  # None until the agency names the person in its settings
    prefix: SignaturePrefix = SignaturePrefix.NONE
    on_behalf_of: str | None = None  # what follows TM., KT., TL., TUQ.: "ỦY BAN NHÂN DÂN"
    authority: str  # the issuing line of a decision: "GIÁM ĐỐC SỞ CÔNG THƯƠNG"
    is_assumed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalBasis:
    """A "Căn cứ …" line of a decision, without the word and without the final mark."""

    text: str
    source: str  # the document in which this basis was found


class TenantKind(StrEnum):
    """What sort of agency a tenant is."""

    ASSOCIATION = "association"  # Hội Khuyến học
    PROVINCE = "province"  # Ủy ban nhân dân tỉnh, thành phố
    DEPARTMENT = "department"  # sở, ban, ngành
    COMMUNE = "commune"  # Ủy ban nhân dân xã, phường, đặc khu
    ORGANISATION = "organisation"  # political-social organisations, schools, enterprises


class UnitKind(StrEnum):
    """What sort of part of an agency a unit is."""

    OFFICE = "office"  # Văn phòng: receives dossiers, writes reports
    DIVISION = "division"  # phòng, thanh tra, ban
    SUBORDINATE = "subordinate"  # đơn vị trực thuộc
    VILLAGE = "village"  # thôn, bản, làng
    RESIDENTIAL_GROUP = "residential_group"  # tổ dân phố


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitDefinition:
    """A part of an agency in which people work or live."""

    kind: UnitKind
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CriteriaChoice:
    """Which criteria set a group is assessed against, from a year until the next choice."""

    group: int
    reference: str  # "qd-324-2023@1"
    from_year: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Predecessor:
    """An agency that this one took over from."""

    name: str
    ended_on: date | None = None  # the first day without it; None if not known
    source: str | None = None
    is_assumed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantDefinition:
    """An agency and what it has chosen; deadlines and targets not named are its parent's."""

    slug: str  # its address: "lai-chau/so-cong-thuong"
    kind: TenantKind
    province: str  # code of the province: "12"
    parent: str | None = None  # slug of the tenant it reports to; None at the top
    commune: str | None = None  # code of the commune, for communes only
    name: str  # in lists: "Sở Công Thương", "Xã Chi Lăng"
    full_name: str  # in sentences: "Ủy ban nhân dân xã Chi Lăng"
    printed_name: str  # on the letterhead, in capitals: "ỦY BAN NHÂN DÂN XÃ CHI LĂNG"
    superior: str | None = None  # the line above it (cơ quan chủ quản); None: no such line
    symbol: str  # what ends a document's number: "SCT" in "05/QĐ-SCT"
    place: str  # before the date of a document: "Lai Châu, ngày …"
    units: tuple[UnitDefinition, ...] = ()
    groups: tuple[int, ...]  # groups of people it recognises
    criteria: tuple[CriteriaChoice, ...]
    deadlines: tuple[Deadline, ...] = ()
    targets: tuple[Target, ...] = ()
    signers: tuple[Signer, ...]
    legal_bases: tuple[LegalBasis, ...] = ()
    predecessors: tuple[Predecessor, ...] = ()
    is_confirmation_used: bool  # unit heads or the union confirm dossiers before appraisal
    appeal_days: int | None = None  # days to appeal after publication; None: no appeals
    source: str  # the document that this definition follows, in Vietnamese
    assumed: tuple[Text, ...] = ()  # sentences: what no document says and the product supposed


@dataclass(frozen=True, slots=True, kw_only=True)
class Province:
    """A province or centrally-run city, as it was called between two dates."""

    code: str  # two digits, of the National Statistics Office
    name: str  # "Tỉnh Lai Châu"
    valid_from: date
    valid_to: date | None = None  # the first day it no longer holds; None while it does


class CommuneKind(StrEnum):
    """The three kinds of local government below the province since 1 July 2025."""

    COMMUNE = "commune"  # xã
    WARD = "ward"  # phường
    SPECIAL_ZONE = "special_zone"  # đặc khu


COMMUNE_WORDS: Mapping[CommuneKind, str] = {
    CommuneKind.COMMUNE: "Xã",
    CommuneKind.WARD: "Phường",
    CommuneKind.SPECIAL_ZONE: "Đặc khu",
}
"""What a commune's name begins with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Commune:
    """A commune, ward or special zone, as it was called between two dates.

    Kind and name change without a change of territory, and names come back for other
    territory: only code and dates together identify a commune.
    """

    code: str  # five digits
    province: str  # code of its province
    name: str  # with its kind: "Xã Chi Lăng"
    kind: CommuneKind
    slug: str  # its part of an address, unique in the province: "chi-lang"
    valid_from: date
    valid_to: date | None = None

    @property
    def bare_name(self) -> str:
        """Name it without its kind: "Chi Lăng"."""
        return self.name[len(COMMUNE_WORDS[self.kind]) + 1 :]


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """Every province and commune there is."""

    provinces: tuple[Province, ...]
    communes: tuple[Commune, ...]

    def communes_of(self, province: str) -> tuple[Commune, ...]:
        """List the communes that a province has today, in the order of their codes."""
        return tuple(
            one for one in self.communes if one.province == province and one.valid_to is None
        )
