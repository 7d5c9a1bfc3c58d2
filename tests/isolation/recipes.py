"""What somebody types on the pages whose forms do not say it themselves."""

from collections.abc import Mapping


_SCORES = {f"score-{number}": "8" for number in range(1, 11)}

RECIPES: Mapping[str, Mapping[str, str]] = {
    "accounts.invitation": {"password": "một mật khẩu đủ dài", "repeated": "một mật khẩu đủ dài"},
    "accounts.sign_in": {"login": "khong.ai", "password": "không phải mật khẩu"},
    "appraisals.agreement": _SCORES,
    "appraisals.return_dossier": {"chosen-3": "on", "reason-3": "Thiếu", "due_on": "2026-03-20"},
    "appraisals.score": _SCORES,
    "decisions.appeal": {"indicator": "4"},
    "decisions.correct": {"outcome": "recognised", "number": "77/QĐ", "signer_title": "GIÁM ĐỐC"},
    "decisions.review": {"number": "78/QĐ", "is_confirmed": "1"},
    "entry.form": {"line": "8 8 8 8 8 8 8 8 8 8", "seen": "1", "consent": "paper_form"},
    "members.existing": {"login": "{login}", "role": "appraiser", "unit": "", "capacity": ""},
    "members.give": {"role": "appraiser", "unit": "", "capacity": ""},
    "members.new": {
        "login": "nguoi.moi",
        "name": "Người Mới",
        "role": "appraiser",
        "unit": "",
        "capacity": "",
    },
    "own.register": {"consent": "y"},
    "own.review": {"national_site_on": ""},
    "proposals.seal": {"is_confirmed": "1"},
    "registration.index": {
        "name": "Lù Văn Mới",
        "birth_year": "1990",
        "consent": "y",
        "login": "lu.van.moi",
        "password": "một mật khẩu đủ dài",
    },
    "roster.add": {"name": "Lù Thị Thêm", "birth": "1990"},
    "settings.add_unit": {"name": "Phòng Thêm", "kind": "division"},
}
"""By endpoint. ``{login}`` and its like are filled in from the agency's own things."""

QUERIES: Mapping[str, str] = {
    "transfers.accept": "?unit={unit}&group=3",
    "transfers.propose": "?to=lai-chau/sin-ho",
}
"""What was chosen on an earlier page, as the address carries it on."""

ARGUMENTS: Mapping[object, object] = {
    "code": "vi",
    "filename": "css/bang-vang.css",
    "kind": "completion",
    "number": 3,
    "page": "confirmation",
    "year": 2026,
}
"""What stands in an address beside the ids; ``(endpoint, name)`` where a page wants another."""

NOT_OPENED: Mapping[str, str] = {
    "accounts.add_key": "takes the proof of a key",
    "accounts.confirm_app": "takes the code of an app that is being set up",
    "accounts.end_one": "takes a session of the reader's own",
    "accounts.factor": "takes a code",
    "accounts.password": "takes the password that the reader has",
    "accounts.remove_key": "takes a key of the reader's own",
    "accounts.sign_in": "takes a password",
    "portal.agency": "is there on the portal alone",
    "roster.uploads": "takes a file",
    "settings.edit_deadline": "takes a day that suits the deadlines above and beside it",
}
"""Pages whose own people cannot open or send them here, with what these take; they have tests."""

ROOMS_APART: Mapping[str, str] = {
    "criteria": "drafts of criteria sets",
    "data": "requests about one's data",
    "inspections": "requests to look into one file",
    "overlaps": "figures of two agencies",
    "record": "the record of acts",
}
"""Rooms whose objects the agencies of the matrix do not have (yet), with what these are.

Their pages are tried by everybody, everywhere, naming an object that is not there; their own tests
in ``tests/web`` name those of another agency.
"""

ON_BEHALF: Mapping[str, str] = {"decisions.appeal": "dossier:enter"}
"""Pages for the person themselves, and for whoever holds a permission; to others it is missing."""

PERSONAL = frozenset({"passkey", "session"})
"""Objects that belong to one account: to everybody else, and so to the matrix, they are missing."""

BETWEEN_AGENCIES = frozenset({"transfers.accept", "transfers.refuse", "transfers.undo"})
"""Pages on which an agency answers another one, in the row with which that one asked."""

REFUSED_BY_RULE = frozenset({409, 422})
"""How a page says that a rule, and not who somebody is, stands in the way."""
