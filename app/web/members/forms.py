"""What an administrator types about accounts and roles."""

from datetime import date
from uuid import UUID

from flask import g
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import DateField, SelectChoice, SelectField, StringField
from wtforms.validators import DataRequired, Length, Optional, Regexp

from app.domain.members import Capacity
from app.domain.permissions import Role
from app.domain.vietnamese import clean
from app.labels import words
from app.persistence.queries.units import units_in_use
from app.services.members import NewRole
from app.web.forms import Form
from tenants.schema import TenantKind


def tidy(typed: str | None) -> str:
    """Return typed words without stray spaces and signs that nobody sees."""
    return clean(typed or "")


class RoleForm(Form):
    """A role and its dates."""

    role = SelectField(_("Role"))
    unit = SelectField(
        _("Unit"), [Optional()], description=_("For a head of unit only: the unit they head.")
    )
    since = DateField(_("First day"), [DataRequired()])
    until = DateField(_("Last day"), [Optional()])

    capacity = SelectField(
        _("Decides as"),
        [Optional()],
        description=_("For the role of the head only: who signs for the head, and in what right."),
    )
    authorised_by = StringField(
        _("By which document"),
        [Length(max=200)],
        description=_("Number, date and signer of the delegation."),
        filters=[tidy],
    )

    def offer_choices(self) -> None:
        """Offer the roles that mean something in this kind of agency, and its units."""
        is_association = g.agency.kind is TenantKind.ASSOCIATION
        self.role.choices = [
            SelectChoice(role.value, str(label))
            for role, label in words.ROLES.items()
            if is_association or role is not Role.ASSOCIATION
        ]
        self.capacity.choices = [
            SelectChoice(one.value, str(label)) for one, label in words.CAPACITIES.items()
        ]
        self.unit.choices = [
            SelectChoice("", gettext("No unit")),
            *(SelectChoice(str(unit.id), unit.name) for unit in units_in_use()),
        ]

    def wanted(self) -> NewRole:
        """Return what was typed."""
        return NewRole(
            role=Role(self.role.data),
            since=self.since.data,
            until=self.until.data,
            unit_id=UUID(self.unit.data) if self.unit.data else None,
            capacity=Capacity(self.capacity.data or ""),
            authorised_by=self.authorised_by.data or "",
        )


class AccountForm(RoleForm):
    """A new account, with the first role of its owner."""

    login = StringField(
        _("Sign-in name"),
        [
            DataRequired(),
            Length(max=100),
            Regexp(r"^\S+$", message=_("A sign-in name has no spaces.")),
        ],
        description=_("An e-mail address or a short name. It cannot be changed later."),
        filters=[tidy],
    )
    name = StringField(_("Full name"), [DataRequired(), Length(max=100)], filters=[tidy])


class KnownAccountForm(RoleForm):
    """An account that is there, found by its whole sign-in name."""

    login = StringField(
        _("Sign-in name"),
        [DataRequired(), Length(max=100)],
        description=_("The whole name: accounts are not searched by parts of it."),
        filters=[tidy],
    )


class EndForm(Form):
    """The last day of a role."""

    last_day = DateField(_("Last day in the role"), [DataRequired()])

    @classmethod
    def starting(cls, last_day: date) -> "EndForm":
        """Suggest a last day."""
        return cls(data={"last_day": last_day})
