"""``python -m tests.semgrep``: read the code by the rules beside this, having tried each rule.

A rule that finds nothing proves nothing until it has found what was planted for it: so every line
below a ``ruleid`` in ``planted.*`` must be found, and none below an ``ok``.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path


_HERE = Path(__file__).parent
_PROJECT = _HERE.parents[1]
_RULES = _HERE / "rules.yaml"
_SEMGREP = _PROJECT / ".venv-scan" / "bin" / "semgrep"
_ALONE = ("--metrics=off", "--disable-version-check", "--no-git-ignore", "--project-root=.")
_READ = ("app", "tenants")
# Rules look into some rooms only; what is planted has to lie in one of each.
_ROOMS = ("app/exports/planted.py", "app/web/planted.py", "app/web/planted.html")
_SCRIPT = "app/static/js/planted.js"
_NOTE = re.compile(r"(ruleid|ok): ([a-z-]+)")

Finding = tuple[str, str, int]
"""A rule, the file and the line."""


def main() -> int:
    """Try the rules, then read the code; return the exit code."""
    mistaken = list(_mistakes_of_rules())
    found = _findings(_PROJECT, _READ)
    for complaint in (*mistaken, *(f"{path}:{line}: {rule}" for rule, path, line in found)):
        sys.stdout.write(f"{complaint}\n")
    rules = set(re.findall(r"- id: ([a-z-]+)", _RULES.read_text(encoding="utf-8")))
    untried = rules - {rule for rule, _, _ in _notes("ruleid")}
    sys.stdout.write(f"semgrep {len(rules)} rules, untried {len(untried)}, found {len(found)}\n")
    return 1 if mistaken or found or untried else 0


def _mistakes_of_rules() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        for room in (*_ROOMS, _SCRIPT):
            target = Path(folder, room)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(_HERE / target.name, target)
        found = {
            (rule, Path(path).name, at) for rule, path, at in _findings(Path(folder), _READ[:1])
        }
    planted, sound = set(_notes("ruleid")), set(_notes("ok"))
    yield from (f"not found, though planted: {one}" for one in sorted(planted - found))
    yield from (f"found, though sound: {one}" for one in sorted(sound & found))


def _notes(kind: str) -> Iterator[Finding]:
    """Yield what the comments of the planted files say of the line below each."""
    for path in sorted(_HERE.glob("planted.*")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            note = _NOTE.search(line)
            if note and note[1] == kind:
                yield note[2], path.name, number + 1


def _findings(folder: Path, rooms: Iterable[str]) -> list[Finding]:
    answer = subprocess.run(  # noqa: S603  (our own words)
        [_SEMGREP, "scan", *_ALONE, "--json", "--config", _RULES, *rooms],
        cwd=folder,
        env=os.environ | {"SEMGREP_SEND_METRICS": "off", "SEMGREP_ENABLE_VERSION_CHECK": "0"},
        check=True,
        capture_output=True,
        text=True,
    )
    report = json.loads(answer.stdout)
    if report["errors"]:
        raise SystemExit(f"semgrep could not read everything: {report['errors']}")
    return [
        (one["check_id"].rpartition(".")[2], one["path"], one["start"]["line"])
        for one in report["results"]
    ]


sys.exit(main())
