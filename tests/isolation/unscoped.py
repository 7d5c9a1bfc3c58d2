"""A pytest plugin: a test fails in which a statement met a tenant's table outside any agency.

The second wall would show it nothing, so nothing leaks; but nobody wrote it on purpose. Tests that
do so on purpose are marked ``unscoped``.
"""

from collections import Counter

import pytest
from sqlalchemy import Connection, Engine, event

from app.launch.postgres import OWNER
from tests.isolation.statements import tables_named_in


_KEY = "statements"
_AGENCY = "agency_announced"

_seen: Counter[str] = Counter()
_unscoped: list[str] = []


@event.listens_for(Engine, "begin")
def _forget_agency(connection: Connection) -> None:
    connection.info.pop(_AGENCY, None)


@event.listens_for(Engine, "before_cursor_execute")
def _note(connection, _cursor, statement, parameters, _context, _is_many) -> None:
    if "set_config('app.tenant_id'" in statement:
        connection.info[_AGENCY] = parameters["tenant"]
    elif connection.engine.url.username != OWNER and tables_named_in(statement):
        _seen["scoped" if connection.info.get(_AGENCY) else "unscoped"] += 1
        if not connection.info.get(_AGENCY):
            _unscoped.append(statement)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    """Begin each test with an empty record."""
    _unscoped.clear()
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """Fail a test in which a statement reached a tenant's table outside any agency."""
    result = yield
    if item.get_closest_marker("unscoped"):
        _seen["unscoped"] -= len(_unscoped)
    elif _unscoped:
        pytest.fail(f"outside any agency: {_unscoped[0]}")
    return result


def pytest_testnodedown(node):
    """Take over what a process of tests has counted."""
    _seen.update(getattr(node, "workeroutput", {}).get(_KEY, {}))


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session):
    """Hand over what this process has counted."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput[_KEY] = dict(_seen)


def pytest_terminal_summary(terminalreporter):
    """Say how many statements were looked at."""
    terminalreporter.write_line(
        f"unscoped statements {_seen['unscoped']} of {_seen['scoped'] + _seen['unscoped']}"
    )
