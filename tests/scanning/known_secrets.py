"""Looks for secrets that got into the code, past those known to be none.

Run by the Python of ``.venv-scan``. ``.secrets.baseline`` has a line for each string that looks
like a secret and is none: its file, the beginning of its SHA-1 as detect-secrets has it, and why.
A string that is on no line fails, and so does a line whose string is gone. First of all a secret
is planted, which must be found.
"""

import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from detect_secrets import SecretsCollection
from detect_secrets.settings import default_settings


_PROJECT = Path(__file__).resolve().parents[2]
_BASELINE = _PROJECT / ".secrets.baseline"
_ROOMS = ("app", "tenants", "tests", "migrations", ".ci")
_FILES = ("Makefile", "pyproject.toml", "wsgi.py", "README.md")
_READ = frozenset({"", ".cfg", ".html", ".js", ".json", ".md", ".py", ".sh", ".toml", ".yaml"})
_NOT_READ = ("vendor", "__pycache__", "static/img")
_PLANTED = 'AWS_KEY = "AKIA' + "QWERTYUIOPASDFGH" + '"\npassword = "' + 'dung-lai-o-day-9"\n'
_DIGITS = 12
# A member of an enumeration that says its own name.
_MEMBER = re.compile(r'\s+([A-Z_]+) = "([a-z:-]+)"')

Known = tuple[str, str]


def main() -> int:
    """Compare what is found with what is known; return the exit code."""
    with default_settings():
        planted = _finds_what_is_planted()
        found = dict(_found())
    known = {(path, digest) for path, digest, _ in _baseline()}
    unreasoned = [path for path, _, reason in _baseline() if not reason]
    for one, where in sorted(found.items()):
        if one not in known:
            sys.stdout.write(f"{where}: add to .secrets.baseline if it is none: {' '.join(one)}\n")
    for path, digest in sorted(known - found.keys()):
        sys.stdout.write(f"{path}: {digest} is on .secrets.baseline and no longer there\n")
    new, gone = len(found.keys() - known), len(known - found.keys())
    sys.stdout.write(f"secrets new {new}, known {len(known)}, gone {gone}, planted {planted}/2\n")
    return 1 if new or gone or unreasoned or planted < len(("key", "password")) else 0


def _finds_what_is_planted() -> int:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "planted.py"
        path.write_text(_PLANTED, encoding="utf-8")
        secrets = SecretsCollection()
        secrets.scan_file(str(path))
        return len({secret.line_number for _, secret in secrets})


def _found() -> Iterator[tuple[Known, str]]:
    secrets = SecretsCollection(root=str(_PROJECT))
    for path in _paths():
        secrets.scan_file(path)
    for path, secret in secrets:
        where = f"{path}:{secret.line_number}: {secret.type}"
        if not (secret.type == "Secret Keyword" and _is_harmless(path, secret.line_number)):
            yield (path, secret.secret_hash[:_DIGITS]), where


def _is_harmless(path: str, number: int) -> bool:
    """Tell whether a password is one of the made-up people of a test, or a name for itself."""
    line = (_PROJECT / path).read_text(encoding="utf-8").splitlines()[number - 1]
    member = _MEMBER.match(line)
    says_its_name = member and re.sub("[-:]", "_", member[2]) == member[1].lower()
    return path.startswith("tests/") or bool(says_its_name)


def _paths() -> Iterator[str]:
    inside = (path for room in _ROOMS for path in (_PROJECT / room).rglob("*") if path.is_file())
    for path in (*(_PROJECT / name for name in _FILES), *inside):
        name = path.relative_to(_PROJECT).as_posix()
        if path.suffix in _READ and not any(part in name for part in _NOT_READ):
            yield name


def _baseline() -> list[tuple[str, str, str]]:
    lines = _BASELINE.read_text(encoding="utf-8").splitlines()
    parts = [line.split(maxsplit=2) for line in lines if line and not line.startswith("#")]
    return [(one[0], one[1], one[2] if len(one) > len(one[:2]) else "") for one in parts]


sys.exit(main())
