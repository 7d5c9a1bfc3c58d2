"""A pytest plugin: a skipped test is reported at the end, and under CI it is a failure."""

import os

import pytest
from _pytest.terminal import TerminalReporter


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session):
    """Fail a run under CI in which something was skipped."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and _skipped(reporter) and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter):
    """Say how many were skipped, and what that means here."""
    if count := _skipped(terminalreporter):
        verdict = "which counts as a failure here" if os.environ.get("CI") else "see above why"
        terminalreporter.write_line(f"SKIPPED: {count} of the tests did not run, {verdict}.")


def _skipped(reporter: TerminalReporter | None) -> int:
    return len(reporter.stats.get("skipped", [])) if reporter else 0
