"""Where somebody was going, and what they had typed, while something has to be proved first.

A form that cannot be taken yet (the second factor is not fresh, the session has ended) travels in
hidden fields of the page that asks for what is missing, and is sent on from there.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.web.addressing import portal_address


_MARK = "kept."
_ADDRESS = "kept_for"
_FILES = "kept_files"
# Belongs to the browser that sends a form, never to what was typed into it.
_NOT_TYPED = frozenset({"csrf_token"})
# No page holds what only its owner may know: these are typed again.
_SECRETS = frozenset({"code", "passkey", "password", "present", "repeated"})


@dataclass(frozen=True, slots=True)
class Kept:
    """A form that was sent and not taken: its address, and what stood in it.

    ``has_files`` says that files came with it: no page can hold those, they are chosen again.
    """

    address: str
    fields: tuple[tuple[str, str], ...]
    has_files: bool = False

    @property
    def hidden(self) -> tuple[tuple[str, str], ...]:
        """The names and values of the hidden fields in which the form travels."""
        marked = tuple((_MARK + name, value) for name, value in self.fields)
        files = ((_FILES, "1"),) if self.has_files else ()
        return (_ADDRESS, self.address), *files, *marked


def keep_typed() -> Kept:
    """Return the form that this request has sent."""
    return Kept(
        address=request.script_root + request.full_path.rstrip("?"),
        fields=tuple(
            (name, value)
            for name, value in request.form.items(multi=True)
            if name not in _NOT_TYPED | _SECRETS
        ),
        has_files=any(one.filename for one in request.files.values()),
    )


def carried_along() -> Kept | None:
    """Return the form that a page in between has carried in its hidden fields."""
    address = request.form.get(_ADDRESS, "")
    if not is_ours(address):
        return None
    return Kept(
        address=address,
        fields=tuple(
            (name.removeprefix(_MARK), value)
            for name, value in request.form.items(multi=True)
            if name.startswith(_MARK)
        ),
        has_files=_FILES in request.form,
    )


def send_on(kept: Kept) -> ResponseReturnValue:
    """Send a kept form to where it was going, or say what has to be chosen again first."""
    if kept.has_files:
        flash(gettext("The file was not sent. Choose it again, please."), "warning")
        return redirect(kept.address, 303)
    return render_template("accounts/send_on.html", kept=kept)


def page_asked_for() -> str:
    """Return the page to come back to: only one that can be opened, not a form that was sent."""
    return request.full_path.rstrip("?") if request.method == "GET" else ""


def next_page() -> str:
    """Return the page asked for, if it is one of ours; an address elsewhere is never followed."""
    asked = request.args.get("next", "")
    if is_ours(asked):
        return asked if asked.startswith(request.script_root) else request.script_root + asked
    return url_for("home.index") if g.agency else portal_address("/agencies")


def is_ours(address: str) -> bool:
    """Tell whether an address is a page of this house."""
    parts = urlsplit(address)
    is_path = address.startswith("/") and not address.startswith(("//", "/\\"))
    return is_path and not parts.scheme and not parts.netloc
