"""Where somebody was going, and what they had typed, while something has to be proved first.

A form that cannot be taken yet (the second factor is not fresh, the session has ended) travels in
hidden fields of the page that asks for what is missing, and is sent on from there.
"""

import hmac
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.web.addressing import portal_address
from app.web.session import find_current_session, whose_pages


_MARK = "kept."
_ADDRESS = "kept_for"
_FILES = "kept_files"
_OWNER = "kept_owner"
_WAITS = "kept_waits"
# An id, or a choice by its name in the code: small letters, no accents, no space.
_ID = re.compile(r"[0-9a-f-]{32,36}|[a-z_.-]{1,30}")
# Belongs to the browser that sends a form, never to what was typed into it.
_NOT_TYPED = frozenset({"csrf_token"})
# No page holds what only its owner may know: these are typed again.
_SECRETS = frozenset({"code", "passkey", "password", "present", "repeated"})


@dataclass(frozen=True, slots=True)
class Kept:
    """A form that was sent and not taken: its address, and what stood in it.

    ``owner`` marks the account whose it is: no other gets it. ``has_files`` says that files came
    with it: no page can hold those, they are chosen again. ``waits`` says that the session ended
    meanwhile: it is shown once more before it is sent.
    """

    address: str
    fields: tuple[tuple[str, str], ...]
    owner: str
    has_files: bool = False
    waits: bool = False

    @property
    def hidden(self) -> tuple[tuple[str, str], ...]:
        """The names and values of the hidden fields in which the form travels."""
        marked = tuple((_MARK + name, value) for name, value in self.fields)
        files = ((_FILES, "1"),) if self.has_files else ()
        waits = ((_WAITS, "1"),) if self.waits else ()
        return (_ADDRESS, self.address), (_OWNER, self.owner), *files, *waits, *marked

    @property
    def words(self) -> tuple[str, ...]:
        """What somebody wrote in words; numbers, ids and ticks are shown by the form itself."""
        return tuple(
            value
            for _name, value in self.fields
            if any(sign.isalpha() for sign in value) and not _ID.fullmatch(value)
        )


def keep_typed(owner: str | None = None, *, waits: bool = False) -> Kept:
    """Return the form that this request has sent; it is the reader's, if nobody else's."""
    return Kept(
        owner=whose_pages() if owner is None else owner,
        waits=waits,
        address=request.script_root + request.full_path.rstrip("?"),
        fields=tuple(
            (name, value)
            for name, value in request.form.items(multi=True)
            if name not in _NOT_TYPED | _SECRETS
        ),
        has_files=any(one.filename for one in request.files.values()),
    )


def carried_along() -> Kept | None:
    """Return the form that a page in between has carried, unless it is another account's."""
    address, owner = request.form.get(_ADDRESS, ""), request.form.get(_OWNER, "")
    if not is_ours(address):
        return None
    if find_current_session() is not None and not hmac.compare_digest(
        owner.encode(), whose_pages().encode()
    ):
        _tell_of_another()
        return None
    return Kept(
        owner=owner,
        waits=_WAITS in request.form,
        address=address,
        fields=tuple(
            (name.removeprefix(_MARK), value)
            for name, value in request.form.items(multi=True)
            if name.startswith(_MARK)
        ),
        has_files=_FILES in request.form,
    )


def _tell_of_another() -> None:
    if "has_told_of_another" not in g:
        g.has_told_of_another = True
        flash(gettext("What was typed before belongs to another account, and is gone."), "warning")


def send_on(kept: Kept) -> ResponseReturnValue:
    """Send a kept form to where it was going, or say what has to be chosen again first."""
    if kept.has_files and not kept.waits:
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
