"""What is typed for each setting, and the value that is kept of it."""

from collections.abc import Mapping
from typing import Any, ClassVar

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    FieldList,
    FormField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms import Form as Enclosed
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional
from wtforms.validators import ValidationError as Complaint

from app.domain.factors import FactorAsked
from app.domain.overlaps import CountedFirst, counted_first
from app.domain.settings import LIMITS, SettingName
from app.labels import words
from app.labels.settings import SIGNATURE_PREFIXES
from app.persistence.queries.criteria import criteria_to_choose
from app.web.forms import Form
from app.web.language import text_in
from app.web.settings.lines import FormOfLines
from app.web.settings.setting_form import LONGEST_SOURCE, SettingForm, Values, tidy
from tenants.schema import SignaturePrefix, TargetName


_FIRST_YEAR, _LAST_YEAR = 2020, 2100


class NamesForm(SettingForm):
    """The letterhead."""

    names = (SettingName.PRINTED_NAME, SettingName.SUPERIOR)

    printed_name = StringField(
        _("Name as printed"),
        [DataRequired(), Length(max=200)],
        description=_("In capitals, as on the agency's letterhead."),
        filters=[tidy],
    )
    superior = StringField(
        _("Line above the name"),
        [Optional(), Length(max=200)],
        description=_("The superior agency. A People's Committee has no such line."),
        filters=[tidy],
    )

    @classmethod
    def filled(cls, values: Values) -> dict[str, Any]:
        """Show both lines."""
        return {
            "printed_name": values.get(SettingName.PRINTED_NAME),
            "superior": values.get(SettingName.SUPERIOR),
        }

    def values(self) -> dict[SettingName, Any]:
        """Keep no line above where none was typed."""
        return {
            SettingName.PRINTED_NAME: self.printed_name.data,
            SettingName.SUPERIOR: self.superior.data or None,
        }


class PlaceForm(SettingForm):
    """The place of documents."""

    names = (SettingName.PLACE,)

    value = StringField(
        _("Place named in documents"),
        [DataRequired(), Length(max=100)],
        description=_("It stands before the date: “Lai Châu, ngày …”."),
        filters=[tidy],
    )


class QuorumForm(SettingForm):
    """How many appraisers."""

    names = (SettingName.QUORUM,)

    value = IntegerField(
        _("Members of the team who must have scored a dossier"),
        [InputRequired(), NumberRange(*LIMITS[SettingName.QUORUM])],
    )


class ConfirmationForm(SettingForm):
    """Whether units confirm."""

    names = (SettingName.CONFIRMATION,)

    value = RadioField(
        _("Do heads of unit confirm dossiers before they are appraised?"),
        [InputRequired()],
        choices=lambda: [SelectChoice("yes", gettext("Yes")), SelectChoice("no", gettext("No"))],
    )

    @classmethod
    def filled(cls, values: Values) -> dict[str, Any]:
        """Show yes or no."""
        return {"value": "yes" if values.get(SettingName.CONFIRMATION) else "no"}

    def values(self) -> dict[SettingName, Any]:
        """Keep yes as true."""
        return {SettingName.CONFIRMATION: self.value.data == "yes"}


class AppealForm(SettingForm):
    """How long people may appeal."""

    names = (SettingName.APPEAL_DAYS,)

    value = IntegerField(
        _("Days to appeal after publication"),
        [InputRequired(), NumberRange(*LIMITS[SettingName.APPEAL_DAYS])],
        description=_("The day of publication does not count. 0: no appeals are taken."),
    )


class SecondFactorForm(SettingForm):
    """Of whom a second factor is asked."""

    names = (SettingName.SECOND_FACTOR,)
    hint = _(
        "Whoever has a role here and no second factor yet sets one up before anything else opens."
        " Agencies below may ask for more, never for less."
    )

    value = RadioField(
        _("Of whom is a second factor asked?"),
        [InputRequired()],
        choices=lambda: [
            SelectChoice(one.value, str(words.FACTOR_ASKED[one])) for one in FactorAsked
        ],
    )


class CountedFirstForm(SettingForm):
    """Which of two agencies counts somebody."""

    names = (SettingName.COUNTED_FIRST,)
    hint = _(
        "Whoever takes part in two agencies is in the figures of both, and once in those above"
        " them. One rule holds for the whole province, in every year that is not closed."
    )

    value = RadioField(
        _("Where is somebody counted who takes part in two agencies?"),
        [InputRequired()],
        choices=lambda: [
            SelectChoice(one.value, str(words.COUNTED_FIRST[one])) for one in CountedFirst
        ],
    )

    @classmethod
    def filled(cls, values: Values) -> dict[str, Any]:
        """Show what holds from the newest choice on."""
        choices = values.get(SettingName.COUNTED_FIRST) or []
        return {"value": counted_first(choices, _LAST_YEAR).value}


class ListForm(FormOfLines, SettingForm):
    """A setting that is a list; ``is_ordered`` tells whether its order means something."""

    is_ordered: ClassVar[bool] = False

    @classmethod
    def filled(cls, values: Values) -> dict[str, Any]:
        """Show a line for each."""
        return {"lines": values.get(cls.names[0]) or []}

    def values(self) -> dict[SettingName, Any]:
        """Keep the lines in their order."""
        return {self.names[0]: [self.kept(one) for one in self.lines.data]}

    def kept(self, line: dict[str, Any]) -> dict[str, Any]:
        """Return a line as it is kept."""
        return line


class Line(Enclosed):
    """One line of a list."""

    class Meta(Form.Meta):
        """Complain in the language of the page."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[no-untyped-call]
        self.offer_choices()

    def offer_choices(self) -> None:
        """Fill the menus of the line, in the language of the page."""


class SignerLine(Line):
    """Somebody who signs."""

    title = StringField(_("Title as printed"), [DataRequired(), Length(max=100)], filters=[tidy])
    name = StringField(_("Full name"), [Optional(), Length(max=100)], filters=[tidy])
    signs_as = SelectField(_("Signs as"))
    on_behalf_of = StringField(
        _("On behalf of"),
        [Optional(), Length(max=200)],
        description=_("What follows TM., KT., TL. or TUQ."),
        filters=[tidy],
    )
    authority = StringField(
        _("Issuing line of the decision"), [DataRequired(), Length(max=200)], filters=[tidy]
    )

    def offer_choices(self) -> None:
        """Offer what the house knows."""
        self.signs_as.choices = [
            SelectChoice(one.value, str(SIGNATURE_PREFIXES[one])) for one in SignaturePrefix
        ]

    def validate_signs_as(self, field: SelectField) -> None:
        """Ask for the office or body that a prefix speaks for."""
        speaks_for_another = field.data not in ("", SignaturePrefix.ACTING.value)
        if speaks_for_another and not self.on_behalf_of.data:
            raise Complaint(gettext("This prefix needs to say on whose behalf."))


class SignersForm(ListForm):
    """Who signs decisions."""

    names = (SettingName.SIGNER,)
    hint = _("The first is the head of the agency; the others sign for or on behalf of the head.")
    is_ordered = True

    lines = FieldList(FormField(SignerLine), _("Signers"), min_entries=1)

    @classmethod
    def filled(cls, values: Values) -> dict[str, Any]:
        """Show a line for each; forms keep the word ``prefix`` for themselves."""
        signers = values.get(SettingName.SIGNER) or []
        return {"lines": [_renamed(one, "prefix", "signs_as") for one in signers]}

    def kept(self, line: dict[str, Any]) -> dict[str, Any]:
        """Keep empty words as none."""
        blank_is_none = {key: line[key] or None for key in ("name", "on_behalf_of")}
        kept = {**line, **blank_is_none, "is_assumed": False}
        return _renamed(kept, "signs_as", "prefix")


class BasisLine(Line):
    """A legal basis."""

    text = TextAreaField(
        _("Legal basis"),
        [DataRequired(), Length(max=1000)],
        description=_("Without “Căn cứ” in front and without the final semicolon."),
        filters=[tidy],
    )
    source = StringField(
        _("Document in which it was found"),
        [Optional(), Length(max=LONGEST_SOURCE)],
        filters=[tidy],
    )


class LegalBasesForm(ListForm):
    """The “Căn cứ” lines of decisions."""

    names = (SettingName.LEGAL_BASES,)
    hint = _("They stand in decisions in this order. Decisions already made keep theirs.")
    is_ordered = True

    lines = FieldList(FormField(BasisLine), _("Legal bases"), min_entries=1)


class ChoiceLine(Line):
    """Which set for which group, from when."""

    group = SelectField(_("Group"), coerce=int)
    reference = SelectField(_("Criteria set"))
    from_year = IntegerField(
        _("From the assessment year"), [InputRequired(), NumberRange(_FIRST_YEAR, _LAST_YEAR)]
    )

    def offer_choices(self) -> None:
        """Offer what the house knows."""
        ours = criteria_to_choose()
        groups = sorted({group.number for one in ours for group in one.groups})
        self.group.choices = [
            SelectChoice(str(one), gettext("Group %(number)s", number=one)) for one in groups
        ]
        self.reference.choices = [
            SelectChoice(one.reference, f"{text_in(dict(one.name))} ({one.reference})")
            for one in ours
        ]


class CriteriaForm(ListForm):
    """The criteria sets of the groups."""

    names = (SettingName.CRITERIA,)
    hint = _(
        "A choice holds from its year until the next one for the same group. Dossiers that are"
        " already there keep the criteria they were made with."
    )

    lines = FieldList(FormField(ChoiceLine), _("Criteria sets by group"), min_entries=1)

    def validate_lines(self, field: FieldList) -> None:
        """Refuse two sets for one group from the same year."""
        chosen = [(one["group"], one["from_year"]) for one in field.data]
        if len(set(chosen)) < len(chosen):
            raise Complaint(gettext("A group can have only one criteria set from a year on."))


class TargetLine(Line):
    """A share to be reached."""

    counted = SelectField(_("What is counted"))
    percent = IntegerField(_("Percent"), [InputRequired(), NumberRange(0, 100)])
    year = IntegerField(_("By the end of"), [InputRequired(), NumberRange(_FIRST_YEAR, _LAST_YEAR)])
    denominator = SelectField(_("Of whom"))
    is_strict = BooleanField(_("More than this share, not at least"))
    source = StringField(
        _("Plan that sets it"), [Optional(), Length(max=LONGEST_SOURCE)], filters=[tidy]
    )

    def offer_choices(self) -> None:
        """Offer what the house knows."""
        self.counted.choices = [
            SelectChoice(one.value, str(words.TARGETS[one])) for one in TargetName
        ]
        self.denominator.choices = [
            SelectChoice(one.value, str(word)) for one, word in words.DENOMINATORS.items()
        ]


class TargetsForm(ListForm):
    """The targets of the plans."""

    names = (SettingName.TARGETS,)
    hint = _(
        "Set only what differs: each line takes the place of the target that counts the same for"
        " the same year. All others stay inherited."
    )

    lines = FieldList(FormField(TargetLine), _("Targets"), min_entries=1)

    @classmethod
    def filled(cls, values: Values) -> dict[str, Any]:
        """Show a line for each."""
        targets = values.get(SettingName.TARGETS) or []
        return {"lines": [_renamed(one, "name", "counted") for one in targets]}

    def kept(self, line: dict[str, Any]) -> dict[str, Any]:
        """Keep a target as the rules know it."""
        kept = {**line, "source": line["source"] or None, "is_assumed": False}
        return _renamed(kept, "counted", "name")


def _renamed(line: dict[str, Any], old: str, new: str) -> dict[str, Any]:
    return {new if key == old else key: value for key, value in line.items()}


FORMS: Mapping[str, type[SettingForm]] = {
    "names": NamesForm,
    "place": PlaceForm,
    "signers": SignersForm,
    "legal-bases": LegalBasesForm,
    "criteria": CriteriaForm,
    "confirmation": ConfirmationForm,
    "quorum": QuorumForm,
    "appeals": AppealForm,
    "second-factor": SecondFactorForm,
    "counted-first": CountedFirstForm,
    "targets": TargetsForm,
}
"""The pages of settings, by the last part of their address, in the order of the list."""
