"""``python -m tests.scanning``: attack a demonstration of the house with wapiti and sqlmap.

Both first have to find what is planted in ``vulnerable.py``. The house is started here, in a folder
of its own, and ended again; nothing but this machine is spoken to.
"""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode


_PROJECT = Path(__file__).resolve().parents[2]
_TOOLS = _PROJECT / ".venv-attack" / "bin"
_AGENCY = "/lai-chau/so-cong-thuong/-"
_OFFICER = {"login": "sct.vanphong", "password": "hoc-tap-suot-doi"}
_HOLES = "sql,xss,permanentxss,crlf,exec,file,redirect,csp,cookieflags,http_headers,htaccess"
_PATIENCE = 600
_SECONDS = int(os.environ.get("SCAN_SECONDS", "300"))
# Pages that take something from the address, each with all that it takes.
_ASKED = (
    "/dossiers/?name=a&state=draft&order=name&direction=asc&year=2026&page=1",
    "/roster/?name=a&unit=a&group=3&order=name&year=2026&page=1",
    "/appraisals/?unit=a&year=2026",
    "/entry/?name=a&year=2026",
    "/honours/?year=2026",
    "/sign-in?next=/x&lang=vi",
)


def main() -> int:
    """Try the scanners, then the house; return the exit code."""
    with tempfile.TemporaryDirectory(prefix="bangvang-scan-", dir="/var/tmp") as folder:
        # PostgreSQL runs as another account where we are root.
        Path(folder).chmod(0o711)
        with _vulnerable() as planted:
            holes = {kind for kind, _ in _wapiti(planted, Path(folder) / "planted", ())}
            tried = _sqlmap(f"{planted}/item?id=1", Path(folder), ())
        with _house(Path(folder) / "home") as address:
            headers = ("-H", f"Cookie: {_signed_in(address)}")
            found = _wapiti(f"{address}{_AGENCY}/home", Path(folder) / "house", headers)
            cookie = ("--cookie", headers[1].removeprefix("Cookie: "))
            injectable = [
                page
                for page in _ASKED
                if _sqlmap(f"{address}{_AGENCY}{page}", Path(folder), cookie)
            ]
    kinds = {"SQL Injection", "Reflected Cross Site Scripting"}
    for kind, where in found:
        sys.stdout.write(f"wapiti: {kind}: {where}\n")
    for page in injectable:
        sys.stdout.write(f"sqlmap: {page}\n")
    sys.stdout.write(f"wapiti planted {len(kinds & holes)}/{len(kinds)}, found {len(found)}\n")
    counted = f"{len(_ASKED)} pages, injectable {len(injectable)}"
    sys.stdout.write(f"sqlmap planted {int(tried)}/1, {counted}\n")
    sys.stdout.write("pip-audit not run: no advisory service is asked from here\n")
    return 1 if found or injectable or kinds - holes or not tried else 0


def _wapiti(address: str, folder: Path, more: Sequence[str]) -> list[tuple[str, str]]:
    """Return every hole that wapiti reports, with its address."""
    report = folder.with_suffix(".json")
    options = ["-u", address, "-m", _HOLES, "-f", "json", "-o", str(report), "--flush-session"]
    options += ["--store-session", str(folder), "--no-bugreport", "-S", "normal", "-d", "3"]
    options += ["--max-scan-time", str(_SECONDS), "-x", f"{address.rpartition('/')[0]}/sign-out"]
    _run([str(_TOOLS / "wapiti"), *options, *more], timeout=_SECONDS + _PATIENCE)
    told = json.loads(report.read_text(encoding="utf-8"))["vulnerabilities"]
    return [(kind, f"{one['method']} {one['path']}") for kind in told for one in told[kind]]


def _sqlmap(address: str, folder: Path, more: Sequence[str]) -> bool:
    """Tell whether sqlmap can put SQL into an address."""
    options = ["-u", address, "--batch", "--level", "1", "--risk", "1", "--flush-session"]
    options += ["--output-dir", str(folder / "sqlmap"), "--disable-coloring", "--threads", "2"]
    said = _run([str(_TOOLS / "sqlmap"), *options, *more], timeout=_PATIENCE)
    if not re.search(r"testing connection to the target URL", said):
        raise SystemExit(f"sqlmap did not run:\n{said[-2000:]}")
    return "is vulnerable" in said or "sqlmap identified the following injection point" in said


def _run(command: Sequence[str], *, timeout: int) -> str:
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, timeout=timeout, errors="replace"
    )
    return done.stdout + done.stderr


@contextmanager
def _vulnerable() -> Iterator[str]:
    port = _free_port()
    command = [sys.executable, str(Path(__file__).with_name("vulnerable.py")), str(port)]
    with _running(command, {}, port, "/"):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def _house(home: Path) -> Iterator[str]:
    """Start a demonstration that believes to be behind HTTPS."""
    port = _free_port()
    home.mkdir()
    more = {"BANGVANG_HOME": str(home), "PORT": str(port), "BANGVANG_HTTPS": "1"}
    with _running([sys.executable, "-m", "app.launch"], more, port, "/readyz"):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def _running(command: list[str], more: dict[str, str], port: int, page: str) -> Iterator[None]:
    foreign = {"DATABASE_URL", "OWNER_DATABASE_URL", "REDIS_URL", "BANGVANG_URL"}
    environment = {name: text for name, text in os.environ.items() if name not in foreign}
    program = subprocess.Popen(
        command, cwd=_PROJECT, env=environment | more, stdout=subprocess.DEVNULL
    )
    try:
        _await(port, page, program)
        yield
    finally:
        program.send_signal(signal.SIGINT)
        program.wait(timeout=60)


def _await(port: int, page: str, program: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until and program.poll() is None:
        try:
            if _ask(port, "GET", page)[0] == http.client.OK:
                return
        except OSError:
            pass
        time.sleep(1)
    raise SystemExit(f"nothing answers at port {port}")


def _signed_in(address: str) -> str:
    """Return the cookie of an officer of the demonstration."""
    port, page = int(address.rpartition(":")[2]), f"{_AGENCY}/sign-in"
    _, text, cookie = _ask(port, "GET", page)
    token = re.search(r'name="csrf_token" value="([^"]+)"', text)
    typed = urlencode(_OFFICER | {"csrf_token": token[1] if token else ""})
    _, _, cookie = _ask(port, "POST", page, typed, cookie)
    status, _, _ = _ask(port, "GET", f"{_AGENCY}/roster/", cookie=cookie)
    if status != http.client.OK:
        raise SystemExit(f"the officer is not signed in: {status}")
    return cookie


def _ask(
    port: int, method: str, page: str, body: str | None = None, cookie: str = ""
) -> tuple[int, str, str]:
    """Return the status, the page and the cookies of an answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    connection.request(method, page, body, headers)
    answer = connection.getresponse()
    text = answer.read().decode(errors="replace")
    connection.close()
    set_to = answer.headers.get_all("Set-Cookie") or ()
    return answer.status, text, "; ".join(one.partition(";")[0] for one in set_to)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main())
