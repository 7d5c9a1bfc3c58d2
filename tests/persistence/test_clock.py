"""The database's clock: it stands still within a transaction, and is asked for once in each."""

from contextvars import Context

from sqlalchemy import func, select

from app.persistence.clock import transaction_time
from app.persistence.database import db
from tests.builders.listening import statements_of


def with_the_real_clock(app, work):
    """Do ``work`` where no test has stopped the clock."""

    def enter():
        with app.app_context():
            return work()

    return Context().run(enter)


def test_the_clock_is_asked_once_in_a_transaction(app):
    def work():
        with statements_of(app) as asked:
            moments = {transaction_time() for _ in range(3)}
            return asked, moments, db.session.scalar(select(func.now()))

    asked, moments, now = with_the_real_clock(app, work)
    assert len([one for one in asked if "now()" in one]) == 2
    assert moments == {now}


def test_the_next_transaction_has_a_later_moment(app):
    def work():
        first = transaction_time()
        db.session.commit()
        second = transaction_time()
        db.session.rollback()
        return first, second, transaction_time()

    first, second, third = with_the_real_clock(app, work)
    assert first < second < third


def test_a_savepoint_belongs_to_its_transaction(app):
    def work():
        first = transaction_time()
        with db.session.begin_nested():
            return first, transaction_time()

    first, second = with_the_real_clock(app, work)
    assert first == second
