"""A skipped test: said plainly, and a failure under CI."""

import os
import subprocess
import sys

import pytest


@pytest.mark.parametrize(("ci", "code"), [("1", 1), ("", 0)])
def test_a_skip_fails_only_under_ci_and_is_always_said(tmp_path, ci, code):
    (tmp_path / "test_it.py").write_text(
        "import pytest\ndef test_runs(): pass\n@pytest.mark.skip\ndef test_skipped(): pass\n"
    )
    command = ["-m", "pytest", "-p", "tests.launch.skips", "-p", "no:randomly", "-q"]
    done = subprocess.run(  # noqa: S603  # our own words
        [sys.executable, *command, "--rootdir", tmp_path, "-c", "/dev/null", tmp_path],
        check=False,
        env=os.environ | {"CI": ci},
        capture_output=True,
        text=True,
    )
    assert done.returncode == code, done.stdout
    assert "SKIPPED: 1 of the tests did not run" in done.stdout
