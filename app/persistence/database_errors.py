"""What the edges need to recognise of a database in trouble, without knowing SQLAlchemy."""

from sqlalchemy.exc import OperationalError as DatabaseDownError


__all__ = ["DatabaseDownError"]
