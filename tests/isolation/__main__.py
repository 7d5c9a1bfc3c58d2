"""Proves that agencies are kept apart, and prints one line for each figure: ``make isolation``."""

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path


HERE = Path(__file__).parent
RUNS = "10000"
_TESTS = (sys.executable, "-m", "pytest", "-q", "-p", "tests.isolation.unscoped")

PARTS: Sequence[tuple[tuple[str, ...], Sequence[str]]] = (
    (
        ("cells",) * 3,
        (*_TESTS, "tests/isolation/test_matrix.py", "tests/isolation/test_declared.py"),
    ),
    (("mutants",), (sys.executable, "-m", "tests.isolation.mutants")),
    (("escapes",), (*_TESTS, "tests/isolation/test_paths.py", "tests/isolation/test_walls.py")),
    (("catalogue",), (*_TESTS, "tests/isolation/test_catalogue.py")),
    (("canaries",), (*_TESTS, "tests/isolation/test_canaries.py")),
    (("asvs",), (*_TESTS, "tests/architecture/test_asvs.py")),
    (("interference",), (*_TESTS, "tests/isolation/test_interference.py")),
)
"""What is run, and the first word of each figure that it prints."""


def main() -> int:
    """Run every part, two at a time, and print their figures in order; 1 if one is not good."""
    with ThreadPoolExecutor(max_workers=2) as pool:
        results = [pool.submit(_run, figures, command) for figures, command in PARTS]
        good = [
            _tell(figures, *one.result()) for (figures, _), one in zip(PARTS, results, strict=True)
        ]
    return 0 if all(good) else 1


def _run(figures: Sequence[str], command: Sequence[str]) -> tuple[int, str]:
    if any(name.endswith(".py") and not Path(name).exists() for name in command):
        return 1, f"{figures[0]}: this part is missing"
    environment = os.environ | {"INTERFERENCE_RUNS": os.environ.get("INTERFERENCE_RUNS", RUNS)}
    done = subprocess.run(  # noqa: S603 - our own tests
        command, cwd=HERE.parents[1], env=environment, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


def _tell(figures: Sequence[str], code: int, output: str) -> bool:
    """Print the figures of a part; when it failed, all that it said."""
    lines = re.findall(rf"^{figures[0]} \S.*$", output, re.MULTILINE)
    print("\n".join(lines), flush=True)  # noqa: T201 - for a terminal
    if code or len(lines) < len(figures):
        print(output, flush=True)  # noqa: T201
    return not code and len(lines) >= len(figures)


if __name__ == "__main__":
    sys.exit(main())
