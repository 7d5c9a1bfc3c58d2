"""Proves that agencies are kept apart, and prints one line for each figure: ``make isolation``.

Every part that runs tests is searched afterwards for words of agencies that it left in logs, in
Redis or in temporary files (``traces.py``); a part that left one has failed.
"""

import os
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path


ROOT = Path(__file__).parents[2]
RUNS = os.environ.get("INTERFERENCE_RUNS", "10000")
FEWEST_CELLS = 5000

_MODULE = (sys.executable, "-m")
_PLUGINS = ("-p", "tests.isolation.unscoped", "-p", "tests.isolation.traces")


@dataclass(frozen=True, slots=True)
class Part:
    """Something that is run, and the line that it must print, so many times."""

    goal: str
    command: Sequence[str]
    times: int = 1

    @property
    def figure(self) -> str:
        """The word that its line begins with."""
        return self.goal.partition(" ")[0]


def _tests(*paths: str) -> Sequence[str]:
    return (*_MODULE, "pytest", "-q", *_PLUGINS, *(f"tests/{path}.py" for path in paths))


PARTS: Sequence[Part] = (
    Part(
        r"cells (?P<cells>\d+) failures 0\b.*",
        _tests("isolation/test_matrix", "isolation/test_declared"),
        times=3,
    ),
    Part(r"mutants (\d+)/\1", (*_MODULE, "tests.isolation.mutants")),
    Part("escapes 0/24", _tests("isolation/test_paths", "isolation/test_walls")),
    Part("catalogue 0", _tests("isolation/test_catalogue")),
    Part(r"canaries 0\b.*", _tests("isolation/test_canaries")),
    Part(r"asvs 186/186\b.*", _tests("architecture/test_asvs")),
    Part(r"interference (?P<runs>\d+) counterexamples 0", _tests("isolation/test_interference")),
)


def main() -> int:
    """Run every part, two at a time, and print their figures in order; 1 if one is not good."""
    with ThreadPoolExecutor(max_workers=2) as pool:
        results = [pool.submit(_run, part) for part in PARTS]
        good = [_tell(part, *one.result()) for part, one in zip(PARTS, results, strict=True)]
    return 0 if all(good) else 1


def _run(part: Part) -> tuple[int, str, float]:
    began = time.monotonic()
    done = subprocess.run(  # noqa: S603 - our own tests
        part.command,
        cwd=ROOT,
        env=os.environ | {"INTERFERENCE_RUNS": RUNS, "MATRIX": "whole"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr, time.monotonic() - began


def _tell(part: Part, code: int, output: str, seconds: float) -> bool:
    """Print the figures of a part; when one is not its goal, all that it said."""
    lines = re.findall(rf"^{part.figure} \S.*$", output, re.MULTILINE)
    is_good = not code and len(lines) == part.times and all(is_met(part, one) for one in lines)
    print("\n".join(lines), flush=True)  # noqa: T201 - for a terminal
    if not is_good:
        failed = f"{part.figure}: not as it must be, after {seconds:.0f} s (exit {code})"
        print(output, failed, sep="\n", flush=True)  # noqa: T201
    return is_good


def is_met(part: Part, line: str) -> bool:
    """Tell whether a line says what the part must show."""
    found = re.fullmatch(part.goal, line)
    if found is None:
        return False
    said = found.groupdict()
    return int(said.get("cells", FEWEST_CELLS)) >= FEWEST_CELLS and int(
        said.get("runs", RUNS)
    ) >= int(RUNS)


if __name__ == "__main__":
    sys.exit(main())
