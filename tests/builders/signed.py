"""What a signed version of a report says, as files are made of it."""

from json import dumps

from app.domain.results import Figures


COUNTS = {"people": 1200, "outstanding": 3, "with_digital_skills": 2, "digitally_fluent": 1}


def content(**more: object) -> str:
    """Return what a version says, but for ``more``."""
    below = {
        "id": "1",
        "name": "Trung tâm Khuyến công",
        "state": "waived",
        "version": None,
        "hash": None,
        "waived_because": "Đang sáp nhập",
    }
    accepted = {**below, "id": "2", "name": "Chi cục", "state": "accepted", "version": 2}
    said = {
        "agency": {
            "slug": "x",
            "name": "Sở Công Thương",
            "kind": "department",
            "above": "Hội",
            "place": "Lai Châu",
        },
        "year": 2026,
        "version": 2,
        "corrects": "Sót #link(“x”) một người",
        "rows": [
            {"unit": "Phòng Ặ", "group": 3, "state": "decided", "outcome": "recognised"} | COUNTS
        ],
        "parts": [
            {"agency": "2", "kept_at": "2", "is_overlap": False, "outcome": "recognised", **COUNTS}
        ],
        "below": [below, {**accepted, "hash": "ab" * 32, "waived_because": ""}],
        "figures": dict.fromkeys(Figures.__slots__, 7),
        "criteria": ["qd-324-2023@1"],
        "counted_first": "workplace",
        "data": {"fence": 41, "computed_at": None},
        "signed": {
            "name": "Lò Văn Ký",
            "title": "Chánh Văn phòng",
            "at": "2026-11-22T03:04:05+00:00",
        },
    }
    return dumps({**said, **more})
