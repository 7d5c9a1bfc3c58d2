"""A pytest plugin: a template that no test renders fails a run of the whole suite."""

from pathlib import Path

import pytest
from flask.templating import DispatchingJinjaLoader


TEMPLATES = Path("app/templates")
_KEY = "templates"

_rendered: set[str] = set()
_find = DispatchingJinjaLoader.get_source


def _find_and_note(self, environment, template):
    _rendered.add(template)
    return _find(self, environment, template)


DispatchingJinjaLoader.get_source = _find_and_note


def pytest_testnodedown(node):
    """Take over what a process of tests has rendered."""
    _rendered.update(getattr(node, "workeroutput", {}).get(_KEY, ()))


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session):
    """Hand over what this process has rendered, or judge all of it."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput[_KEY] = sorted(_rendered)
    elif session.exitstatus == pytest.ExitCode.OK and _is_whole(session.config) and _missing():
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter, config):
    """Name the templates that nothing rendered."""
    if _is_whole(config) and _missing():
        terminalreporter.write_line(f"NEVER RENDERED: {', '.join(_missing())}")


def _is_whole(config) -> bool:
    return config.args == config.getini("testpaths") and not config.option.keyword


def _missing() -> list[str]:
    every = {str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html")}
    return sorted(every - _rendered)
