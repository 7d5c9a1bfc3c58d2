"""What is said of the cells of a criteria set: what each is, and what is wrong with it."""

from collections.abc import Mapping

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from app.domain.criteria import GENERAL
from app.domain.criteria_faults import CellFault, Fault
from tenants.schema import EvidenceDemand


EVIDENCE_DEMANDS: Mapping[EvidenceDemand, LazyString] = {
    EvidenceDemand.OPTIONAL: _("Evidence may be given"),
    EvidenceDemand.EXPECTED: _("Evidence, or an explanation why there is none"),
    EvidenceDemand.REQUIRED: _("Evidence is required"),
}

CELLS: Mapping[str, LazyString] = {
    "name": _("What it is called"),
    "issuer": _("Issued by"),
    "document": _("Number of the document"),
    "issued_on": _("Date of the document"),
    "valid_from_year": _("First assessment year"),
    "valid_to_year": _("Last assessment year"),
    "source": _("Where the texts come from"),
    "notice": _("What readers of the texts must know"),
    "scale_min": _("Lowest score"),
    "scale_max": _("Highest score"),
    "step": _("Step between scores"),
    "pass_floor": _("Least for each indicator"),
    "pass_total": _("Least in all"),
    "outstanding_years": _("Years in a row for outstanding"),
    "text": _("Text"),
    "guidance": _("Guidance for scoring"),
    "evidence": _("Evidence"),
}

FAULTS: Mapping[Fault, LazyString] = {
    Fault.ENGLISH_MISSING: _("The English is missing."),
    Fault.MISSING: _("This has to be filled in."),
    Fault.NOT_A_DATE: _("“%(value)s” is not a date. Write it as 24/10/2023."),
    Fault.NOT_A_NUMBER: _("“%(value)s” is not a whole number."),
    Fault.NOT_OFFERED: _("“%(value)s” is none of the choices: optional, expected, required."),
    Fault.OUT_OF_RANGE: _("%(value)s is not between %(lowest)s and %(highest)s."),
    Fault.STRUCTURE_DIFFERS: _("The file has other groups or indicators than the draft."),
    Fault.TOO_LONG: _("%(length)s characters are more than %(limit)s."),
    Fault.TWICE: _("The file says this twice; the first is in row %(first_row)s."),
    Fault.UNKNOWN_PLACE: _("The draft has no such place. Do not change the first column."),
}


def label_of_page(page: str) -> str:
    """Name a page of a draft: what holds for the whole set, or a group."""
    if page == GENERAL:
        return gettext("The set as a whole")
    return gettext("Group %(number)s", number=page)


def label_of_place(path: str) -> str:
    """Say where a cell stands, whatever its language: Group 3 · Indicator 7 · Text."""
    return " · ".join(_steps(path.removesuffix(".vi").removesuffix(".en")))


def label_of_cell(path: str) -> str:
    """Say where a cell stands, and in which language."""
    place = label_of_place(path)
    if path.endswith(".en"):
        return gettext("%(place)s, in English", place=place)
    return place


def short_label_of(path: str) -> str:
    """Say what a field of a page is, without the group and the indicator that it stands in."""
    name = path.removesuffix(".vi").removesuffix(".en").rpartition(".")[2]
    if path.endswith(".vi"):
        return gettext("%(name)s (Vietnamese)", name=CELLS[name])
    if path.endswith(".en"):
        return gettext("%(name)s (English)", name=CELLS[name])
    return str(CELLS[name])


def _steps(path: str) -> list[str]:
    steps = path.split(".")
    said = [str(CELLS[steps[-1]])] if steps[-1] in CELLS else []
    if "competencies" in steps:
        number = steps[steps.index("competencies") + 1]
        said.insert(0, gettext("Competency %(number)s", number=number))
    if "indicators" in steps:
        number = steps[steps.index("indicators") + 1]
        said.insert(0, gettext("Indicator %(number)s", number=number))
    if "groups" in steps:
        said.insert(0, gettext("Group %(number)s", number=steps[1]))
    return said


def describe_fault(fault: CellFault) -> str:
    """Say what is wrong with a cell, and what would be right."""
    return str(FAULTS[fault.fault]) % fault.facts
