"""What no line of the house does: run data, call the outside, trust chance. Read from the code."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest


MODULES = sorted(path for room in ("app", "tenants") for path in Path(room).rglob("*.py"))
SCRIPTS = sorted(Path("app/static/js").glob("*.js"))
TEMPLATES = sorted(Path("app/templates").rglob("*.html"))


@cache
def tree_of(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def calls():
    """Yield each call with its file and the dotted name that is called."""
    for path in MODULES:
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Call):
                yield path, ast.unparse(node.func), node


def imports():
    for path in MODULES:
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Import):
                yield from ((path, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield path, node.module or ""


def outside(*rooms):
    """Return a test of whether a file lies in none of these rooms."""
    return lambda path: not any(path.is_relative_to(room) for room in rooms)


def test_there_is_code_to_read():
    assert len(MODULES) > 200
    assert len(list(calls())) > 1000
    assert SCRIPTS
    assert TEMPLATES


def test_nothing_that_was_stored_or_sent_is_run():
    running = {"eval", "exec", "compile", "os.system", "os.popen", "__import__"}
    unpacking = ("pickle.", "marshal.", "shelve.", "dill.", "jsonpickle.")
    found = [
        f"{path}:{node.lineno}"
        for path, name, node in calls()
        if name in running
        or name.startswith(unpacking)
        or any(one.arg == "shell" for one in node.keywords)
    ]
    assert found == []


def test_no_template_is_made_of_text():
    making = ("render_template_string", "from_string")
    assert [str(path) for path, name, _ in calls() if name.endswith(making)] == []


def test_no_format_comes_from_somebody():
    """What is filled in by .format() or % is written in the code, or a sentence of ours."""
    found = [
        f"{path}:{node.lineno}: {name}"
        for path, name, node in calls()
        if isinstance(node.func, ast.Attribute)
        and node.func.attr in {"format", "format_map"}
        and re.search(r"request|form\.|args|\.data\b", name)
    ]
    assert found == []


def test_no_page_calls_the_outside():
    speaking = {"requests", "httpx", "urllib.request", "http.client", "aiohttp", "urllib3"}
    speaking |= {"smtplib", "ftplib", "ldap3", "imaplib", "poplib", "email.mime"}
    is_ours = outside("app/launch")
    assert [str(path) for path, name in imports() if name in speaking and is_ours(path)] == []


def test_chance_draws_made_up_people_alone():
    is_ours = outside("app/demonstration")
    assert [str(path) for path, name in imports() if name == "random" and is_ours(path)] == []
    assert [str(path) for path, name, _ in calls() if name in {"uuid4", "uuid.uuid4"}] == []


def test_no_old_hash_is_used():
    old = ("md5", "sha1", "DES", "ECB", "PKCS1v15")
    found = [str(path) for path, name, _ in calls() if name.rpartition(".")[2] in old]
    assert found == []


def test_patterns_hold_nothing_that_was_typed():
    """A pattern is written in the code; what is put into it at run time is escaped."""
    found = [
        f"{path}:{node.lineno}"
        for path, name, node in calls()
        if name in {"re.compile", "re.search", "re.match", "re.sub", "re.fullmatch", "re.findall"}
        and re.search(r"request|form\.|args|\.data\b", ast.unparse(node.args[0]))
    ]
    assert found == []


def test_no_form_writes_whatever_it_was_sent():
    assert [str(path) for path, name, _ in calls() if name.endswith("populate_obj")] == []
    sent = re.compile(r"request\.(form|values|json)")
    spread = [
        f"{path}:{node.lineno}"
        for path, _, node in calls()
        for one in node.keywords
        if one.arg is None and sent.search(ast.unparse(one.value))
    ]
    assert spread == []


MARKING = ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "DOMParser")
KEEPING = ("localStorage", "sessionStorage", "indexedDB", "document.cookie")
LISTENING = ("postMessage", 'addEventListener("message"', "onmessage", "WebSocket", "EventSource")
POLLUTING = ("__proto__", "Object.assign", "prototype[", "eval(", "new Function")


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_shows_text_as_text_keeps_nothing_and_hears_nobody(script):
    code = script.read_text(encoding="utf-8")
    assert [word for word in (*MARKING, *KEEPING, *LISTENING, *POLLUTING) if word in code] == []
    assert re.findall(r"[^=!<>]==[^=]|!=[^=]", code) == []


def test_no_template_shows_anything_unescaped_or_loads_anything_from_elsewhere():
    texts = {path: path.read_text(encoding="utf-8") for path in TEMPLATES}
    unescaped = re.compile(r"\|\s*safe\b|autoescape\s+false|<script(?![^>]*\bsrc=)")
    elsewhere = re.compile(r"""(?:src|action|data)=["'](?:https?:)?//""")
    old = re.compile(r"<(?:object|embed|applet|iframe|frame|base)\b")
    for pattern in (unescaped, elsewhere, old):
        assert [str(path) for path, text in texts.items() if pattern.search(text)] == []


def test_ciphers_come_from_one_library():
    """AES-GCM of ``cryptography`` alone: no other mode, and no cipher of our own."""
    used = {
        name for _, name in imports() if name.split(".")[0] in {"cryptography", "Crypto", "nacl"}
    }
    assert used == {"cryptography.exceptions", "cryptography.hazmat.primitives.ciphers.aead"}
    made = {name for _, name, _ in calls() if name.endswith(("AESGCM", "Cipher", "Fernet", "AES"))}
    assert made == {"AESGCM"}
