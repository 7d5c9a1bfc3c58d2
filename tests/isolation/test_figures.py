"""``make isolation`` is red when a figure is not what it must be, is missing, or a part failed."""

import sys

import pytest

from tests.isolation.__main__ import PARTS, RUNS, Part, _run, _tell


GOOD = {
    "cells": "cells 5120 failures 0 (both walls, 60 s)",
    "mutants": "mutants 40/40",
    "escapes": "escapes 0/24",
    "catalogue": "catalogue 0",
    "canaries": "canaries 0 (812 artefacts)",
    "asvs": "asvs 186/186 (157 by test, 29 by document)",
    "interference": f"interference {RUNS} counterexamples 0",
}
BAD = {
    "cells": ["cells 5120 failures 1 (both walls, 60 s)", "cells 4999 failures 0 (both walls)"],
    "mutants": ["mutants 39/40"],
    "escapes": ["escapes 1/24"],
    "catalogue": ["catalogue 1"],
    "canaries": ["canaries 1 (812 artefacts)"],
    "asvs": ["asvs 185/186", "asvs 185/186 (156 by test, 29 by document)"],
    "interference": ["interference 30 counterexamples 0", "interference 10000 counterexamples 1"],
}
BY_FIGURE = {part.figure: part for part in PARTS}


@pytest.mark.parametrize("figure", GOOD)
def test_a_part_is_good_when_its_figures_are(figure):
    part = BY_FIGURE[figure]
    output = f"\n{GOOD[figure]}\n." * part.times
    assert _tell(part, 0, output, 1)
    assert not _tell(part, 1, output, 1)
    assert not _tell(part, 0, "1 passed", 1)


@pytest.mark.parametrize(("figure", "line"), [(one, bad) for one in BAD for bad in BAD[one]])
def test_a_part_is_bad_when_a_figure_is(figure, line):
    part = BY_FIGURE[figure]
    assert not _tell(part, 0, f"{GOOD[figure]}\n" * (part.times - 1) + line, 1)


def test_a_part_that_fails_says_so():
    part = Part("figure 0", (sys.executable, "-c", "print('figure 0'); raise SystemExit(3)"))
    code, output, seconds = _run(part)
    assert (code, output) == (3, "figure 0\n")
    assert not _tell(part, code, output, seconds)
