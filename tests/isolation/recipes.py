"""What somebody types on the pages whose forms do not say it themselves."""

from collections.abc import Mapping


_SCORES = {f"score-{number}": "8" for number in range(1, 11)}

PASSWORD = "đường đất đỏ mùa khô"
_ANOTHER = "trời xanh nước biếc"

RECIPES: Mapping[str, Mapping[str, str]] = {
    "accounts.invitation": {"password": "một mật khẩu đủ dài", "repeated": "một mật khẩu đủ dài"},
    "accounts.password": {"present": PASSWORD, "password": _ANOTHER, "repeated": _ANOTHER},
    "accounts.sign_in": {"login": "khong.ai", "password": "không phải mật khẩu"},
    "adhoc.deliver": {"version": "1"},
    "adhoc.edit": {"closes_on": "2026-12-05"},
    "adhoc.give": {"reason": "Thiếu số liệu"},
    "adhoc.keep": {"answer-1": "5"},
    "adhoc.new": {
        "title": "Báo cáo nhanh",
        "due_on": "2026-11-30",
        "closes_on": "2026-12-05",
        "whom": "some",
        "agencies": "{asked agency below}",
        "lines-0-label": "Số lớp tập huấn",
        "lines-0-asked": "number",
    },
    "adhoc.reply": {"answer-1": "5"},
    "appraisals.agreement": _SCORES,
    "appraisals.return_dossier": {"chosen-3": "on", "reason-3": "Thiếu", "due_on": "2026-03-20"},
    "appraisals.score": _SCORES,
    "criteria.edit": {"groups.3.indicators.7.text.vi": "Chỉ báo viết lại"},
    "data.lift": {"reason": "Đã xác minh"},
    "data.show": {"act": "accept"},
    "decisions.appeal": {"indicator": "4"},
    "decisions.correct": {"outcome": "recognised", "number": "77/QĐ", "signer_title": "GIÁM ĐỐC"},
    "decisions.review": {"number": "78/QĐ", "is_confirmed": "1"},
    "entry.form": {"line": "8 8 8 8 8 8 8 8 8 8", "seen": "1", "consent": "paper_form"},
    "inspections.ask": {"number": "12/QĐ", "signed_on": "2026-03-02", "line": "1", "reason": "Đơn"},
    "inspections.grant": {"hours": "24"},
    "inspections.refuse": {"reason": "Đã trả lời bằng văn bản"},
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
    "reports.ask_time": {"until": "2027-02-01", "reason": "Bão lũ"},
    "reports.extend": {"until": "2027-02-01", "requester": "Công văn 5", "reason": "Bão lũ"},
    "reports.grant_time": {"until": "2027-02-01"},
    "reports.refuse_time": {"reason": "Đã đủ thời gian"},
    "reports.postpone": {"closes_on": "2027-02-15", "reason": "Bão lũ"},
    "reports.relist": {"reason": "Đã sáp nhập"},
    "reports.submit": {"title": "Chánh Văn phòng"},
    "reports.unclose": {"reason": "Khóa nhầm"},
    "roster.add": {"name": "Lù Thị Thêm", "birth": "1990"},
    "roster.cycle": {
        "year": "2028",
        "registration_opens_on": "2028-01-01",
        "reports_close_on": "",
    },
    "settings.add_unit": {"name": "Phòng Thêm", "kind": "division"},
    "settings.edit_unit": {"name": "Phòng Đổi Tên"},
}
"""By endpoint. ``{login}`` and its like are filled in from the agency's own things."""

QUERIES: Mapping[str, str] = {
    "reports.ask_time": "?year=2021",
    "reports.close": "?year=2025",
    "reports.draw_up": "?year=2024",
    "reports.expect": "?year=2025",
    "reports.extend": "?year=2024",
    "reports.relist": "?year=2024",
    "reports.submit": "?year=2025",
    "reports.unclose": "?year=2022",
    "transfers.accept": "?unit={unit}&group=3",
    "transfers.propose": "?to=lai-chau/sin-ho",
}
"""What was chosen on an earlier page, as the address carries it on."""

ARGUMENTS: Mapping[object, object] = {
    ("criteria.edit", "page"): "3",
    ("reports.act", "kind"): "review",
    ("reports.file", "kind"): "paper",
    ("reports.file", "number"): "1",
    ("reports.file_below", "kind"): "data",
    ("reports.file_below", "number"): "1",
    ("reports.relist", "kind"): "removed",
    ("reports.undo", "kind"): "recall",
    ("reports.version", "number"): "1",
    ("reports.version_below", "number"): "1",
    "code": "vi",
    "filename": "css/bang-vang.css",
    "kind": "completion",
    "name": "recognised",
    "number": 3,
    "page": "confirmation",
    "reference": "qd-324-2023@1",
    "year": 2026,
}
"""What stands in an address beside the ids; ``(endpoint, name)`` where a page wants another."""

NOT_OPENED: Mapping[str, str] = {
    "GET health.jobs": "says that work was given up, as it was here",
    "GET portal.agency": "is there on the portal alone",
    "POST accounts.add_key": "takes the proof of a key",
    "POST accounts.end_one": "takes a session of the reader's own",
    "POST accounts.remove_key": "takes a key of the reader's own",
    "POST accounts.sign_in": "takes a password",
    "POST roster.uploads": "takes a file",
    "POST settings.edit_deadline": "takes a day that suits the deadlines above and beside it",
}
"""Pages whose own people cannot open or send them here, with what these take; they have tests."""

DOES_NOTHING_HERE: Mapping[str, str] = {
    "accounts.confirm_app": "takes the code of an app that is being set up",
    "accounts.end_others": "ends the reader's sessions elsewhere, of which there are none",
    "accounts.factor": "takes a code",
    "accounts.new_codes": "gives somebody with a factor new codes for a day without it",
    "accounts.remove_app": "takes the app of a reader who has one",
    "figures.compare": "leaves a line on the record alone",
    "adhoc.workbook": "leaves a line on the record alone",
    "record.workbook": "leaves a line on the record alone",
    "roster.copy": "copies an earlier year, of which there is none",
    "roster.show_number": "shows a number, which nobody has here",
}
"""Pages that are sent and taken here without changing anything, with the reason."""

ON_BEHALF: Mapping[str, str] = {"decisions.appeal": "dossier:enter"}
"""Pages for the person themselves, and for whoever holds a permission; to others it is missing."""

PERSONAL = frozenset({"passkey", "session"})
"""Objects that belong to one account: to everybody else, and so to the matrix, they are missing."""

BETWEEN_AGENCIES = frozenset(
    {
        "adhoc.deliver",
        "adhoc.end",
        "adhoc.give",
        "adhoc.nudge",
        "inspections.ask",
        "inspections.look",
        "reports.act",
        "reports.close",
        "reports.grant_time",
        "reports.refuse_time",
        "reports.relist",
        "reports.unclose",
        "transfers.accept",
        "transfers.refuse",
        "transfers.undo",
    }
)
"""Pages on which an agency asks or answers another one, in rows of that one."""

SHOWS_WHAT_LIES_BELOW = frozenset({"inspections.look"})
"""Pages that show a file of an agency below, which that one has opened."""

REFUSED_BY_RULE = frozenset({409, 422})
"""How a page says that a rule, and not who somebody is, stands in the way."""

TELLS_MACHINES = frozenset({"health.jobs"})
"""Pages that answer 503 to everybody while somebody has to look: here, work was given up."""
