"""The database handle, unbound until the factory binds it."""

from datetime import datetime

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, Engine, MetaData, Text, event
from sqlalchemy.orm import DeclarativeBase, registry

from app.persistence.complaints import leave_values_out


# Named constraints, so that a migration can drop what another created. Keys have several
# columns, of which the first two are the same everywhere: a name needs them all.
NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Parent of every table."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMES),
        type_annotation_map={datetime: DateTime(timezone=True), str: Text},
    )


db = SQLAlchemy(model_class=Base)
event.listen(Engine, "handle_error", leave_values_out)
