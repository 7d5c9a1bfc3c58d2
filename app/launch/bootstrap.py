"""The virtual environment, and what is built into the project before anything else can run.

Run by whatever Python the machine has, so it needs the standard library only. What is there is left
alone: when no lock file and no translation has changed, it ends in a blink.
"""

import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path


_PROJECT = Path(__file__).resolve().parents[2]
_ENVIRONMENT = _PROJECT / ".venv"
_TRANSLATIONS = _PROJECT / "translations"
_RUNNING = "requirements.txt"
# Holds all of the former at the same versions.
_CHECKING = "requirements-dev.txt"
# What only reads our code, or attacks our pages: their versions would not get along with ours.
_APART = {
    "check": (".venv-scan", "requirements-scan.txt"),
    "scan": (".venv-attack", "requirements-attack.txt"),
}
_OLDEST_PYTHON = (3, 11)
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
# Chromium alone draws no letter; this font has all of Vietnamese.
_BROWSER_PACKAGES = ("chromium", "fonts-dejavu-core")


class BootstrapError(Exception):
    """Something that only the person at the machine can change; the message says what."""


def main(arguments: Sequence[str]) -> int:
    """Prepare what running needs, or what the tests and the scanners need too.

    After ``check`` that is the former, after ``scan`` the latter.
    """
    is_for_checks = "check" in arguments
    try:
        with _alone():
            _make_environment(_ENVIRONMENT)
            _install(_CHECKING if is_for_checks else _RUNNING, _ENVIRONMENT)
            for name, lock in (_APART[one] for one in arguments if one in _APART):
                _make_environment(_PROJECT / name)
                _install(lock, _PROJECT / name)
            _compile_translations()
            if is_for_checks:
                _provide_browser()
    except KeyboardInterrupt:
        return 130
    except (BootstrapError, OSError) as error:
        sys.stderr.write(f"Cannot prepare: {error}\n")
        return 1
    return 0


@contextmanager
def _alone() -> Iterator[None]:
    """Let one at a time prepare a project; the kernel lets go of the lock with its process."""
    folder = os.open(_PROJECT, os.O_RDONLY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _say("Waiting for another make, which is installing …")
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _make_environment(environment: Path) -> None:
    unfinished = environment / ".unfinished"
    if _python(environment).exists() and not unfinished.exists():
        return
    version = ".".join(map(str, sys.version_info[:2]))
    if sys.version_info[:2] < _OLDEST_PYTHON:
        raise BootstrapError(f"this is Python {version}; 3.11 or newer is needed.")
    if importlib.util.find_spec("ensurepip") is None:
        _require_packages(f"python{version}-venv")
    _say(f"Making the virtual environment {environment.name} …")
    shutil.rmtree(environment, ignore_errors=True)
    environment.mkdir()
    unfinished.touch()
    _run(sys.executable, "-m", "venv", environment)
    unfinished.unlink()


def _python(environment: Path) -> Path:
    return environment / "bin" / "python"


def _install(lock: str, environment: Path) -> None:
    wanted = _digest(lock, environment)
    stamp = _stamp(lock, environment)
    if stamp.exists() and stamp.read_text() == wanted:
        return
    _say(f"Installing what {lock} names (once, about half a minute) …")
    options = ("--quiet", "--quiet", "--no-input", "--disable-pip-version-check")
    locked = ("--require-hashes", "--no-deps", "--requirement", _PROJECT / lock)
    _run(_python(environment), "-m", "pip", "install", *options, *locked)
    stamp.write_text(wanted)
    if lock == _CHECKING:
        _stamp(_RUNNING, environment).write_text(_digest(_RUNNING, environment))


def _stamp(lock: str, environment: Path) -> Path:
    return environment / f".installed-{lock}"


def _digest(lock: str, environment: Path) -> str:
    """Return what changes with the lock file, and with the Python that the packages are for."""
    interpreter = os.fsencode(_python(environment).resolve())
    return hashlib.sha256((_PROJECT / lock).read_bytes() + interpreter).hexdigest()


def _compile_translations() -> None:
    catalogues = _TRANSLATIONS.glob("*/LC_MESSAGES/*.po")
    if any(_is_stale(catalogue.with_suffix(".mo"), catalogue) for catalogue in catalogues):
        compile_all = ("babel.messages.frontend", "-q", "compile", "-d", _TRANSLATIONS)
        _run(_python(_ENVIRONMENT), "-m", *compile_all)


def _is_stale(product: Path, source: Path) -> bool:
    return not product.exists() or product.stat().st_mtime < source.stat().st_mtime


def _provide_browser() -> None:
    if any(shutil.which(name) for name in _BROWSERS):
        return
    try:
        _require_packages(*_BROWSER_PACKAGES)
    except BootstrapError as error:
        _say(f"SKIPPED: the scenarios in a browser cannot run, since {error}")


def _require_packages(*names: str) -> None:
    """Install packages of Debian where we may, or say which ones are missing."""
    install = ("apt-get", "install", "--yes", "--no-install-recommends", *names)
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise BootstrapError(f"this is missing; as root: apt-get install {' '.join(names)}")
    _say(f"Installing {' '.join(names)} by apt-get …")
    if _succeeds(*install):
        return
    # A fresh machine has no lists of packages yet, or old ones.
    if not (_succeeds("apt-get", "update") and _succeeds(*install)):
        raise BootstrapError(f"apt-get could not install {' '.join(names)}.")


def _succeeds(*command: str) -> bool:
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(command, check=False, env=quiet, capture_output=True)  # noqa: S603
    return done.returncode == 0


def _run(*command: str | Path) -> None:
    if subprocess.run(command, check=False, cwd=_PROJECT).returncode != 0:  # noqa: S603
        raise BootstrapError(f"'{' '.join(map(str, command[:4]))} …' failed; the reason is above.")


def _say(text: str) -> None:
    sys.stdout.buffer.write(text.encode() + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
