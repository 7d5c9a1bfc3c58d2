"""A version of a report as a paper: A4, as it was signed, with its fingerprint on every page.

Written once, when the report is signed, and kept: what is opened later are those bytes, whatever
has become of criteria, names, agencies and this code. Like every paper it is Vietnamese in every
language of the pages.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from json import loads
from typing import Any

import segno

from app.domain.deadlines import VIETNAM
from app.exports.letterhead import in_words
from app.exports.papers.data_copy import visible
from app.exports.papers.typesetting import typeset


_TEMPLATE = "report.typ"
_SHORT = 12  # digits of a fingerprint that tell versions apart for the eye

STATES: Mapping[str, str] = {
    "listed": "Trong danh sách",
    "registered": "Đã đăng ký",
    "submitted": "Đã nộp hồ sơ",
    "confirmed": "Đã xác nhận",
    "in_appraisal": "Đang thẩm định",
    "returned": "Trả lại bổ sung",
    "appraised": "Đã thẩm định",
    "proposed": "Đã đề nghị",
    "decided": "Đã quyết định",
    "published": "Đã công bố",
    "appealed": "Có khiếu nại",
}
"""Where the dossiers of a row stand."""

OUTCOMES: Mapping[str, str] = {"recognised": "đạt danh hiệu", "not_recognised": "chưa đạt"}

REPORT_STATES: Mapping[str, str] = {
    "open": "chưa lập",
    "compiled": "đang lập",
    "submitted": "đã nộp, chưa xem xét",
    "under_review": "đang xem xét",
    "accepted": "đã chấp nhận",
    "returned": "trả lại",
    "waived": "được miễn",
    "closed": "đã chốt",
}
"""Where the report of an agency below stood."""

ORDERS: Mapping[str, str] = {
    "workplace": "tính ở nơi làm việc trước nơi cư trú",
    "home": "tính ở nơi cư trú trước nơi làm việc",
}
"""Where somebody is counted who belongs to two agencies."""

FIGURES: Mapping[str, str] = {
    "eligible": "Số người thuộc diện đánh giá",
    "registered": "Đã đăng ký",
    "self_assessed": "Đã tự đánh giá",
    "appraised": "Đã thẩm định",
    "decided": "Đã có quyết định",
    "recognised": "Đạt danh hiệu “Công dân học tập”",
    "not_recognised": "Chưa đạt danh hiệu",
    "outstanding": "Tiêu biểu xuất sắc",
    "with_digital_skills": "Đạt danh hiệu và có kỹ năng số",
    "digitally_fluent": "Đạt danh hiệu và thành thạo kỹ năng số",
}
"""The figures of a report, in their order."""


def write_report_paper(content: str, digest: str, *, address: str) -> bytes:
    """Return the PDF of a version; ``address`` is where one learns whether a newer one exists.

    The same content gives the same bytes as long as this code is the same. Raises
    ``NotTypesetError`` when it cannot be typeset.
    """
    said: dict[str, Any] = loads(content)
    signed_at = datetime.fromisoformat(said["signed"]["at"])
    paper = {**_paper(said, signed_at), "digest": digest, "address": address}
    paper["code"] = segno.make(address, error="m", micro=False).svg_inline(border=2, light="#fff")
    return typeset(_TEMPLATE, paper, made_at=signed_at)


def _paper(said: Mapping[str, Any], signed_at: datetime) -> dict[str, Any]:
    agency, signed = said["agency"], said["signed"]
    at = signed_at.astimezone(VIETNAM)
    return {
        "superior": visible(agency["above"]),
        "agency": visible(agency["name"]),
        "dated": ", ".join(filter(None, (visible(agency["place"]), in_words(at.date())))),
        "title": f"Kết quả đánh giá, công nhận “Công dân học tập” năm {said['year']}",
        "version": f"Bản số {said['version']}",
        "reason": visible(said["corrects"]),
        "figures": [[label, _number(said["figures"][name])] for name, label in FIGURES.items()],
        "rows": [_row(one) for one in said["rows"]],
        "below": [_below(one, said["parts"]) for one in said["below"]],
        "overlap": _number(_people(one for one in said["parts"] if one["is_overlap"])),
        "signer_title": visible(signed["title"]),
        "signer_name": visible(signed["name"]),
        "signed_at": f"{at:%H:%M} ngày {at:%d/%m/%Y}",
        "criteria": ", ".join(said["criteria"]) or "–",
        "data": str(said["data"]["fence"]),
        "order": ORDERS[said["counted_first"]],
    }


def _row(row: Mapping[str, Any]) -> list[str]:
    state = STATES[row["state"]]
    told = f"{state}, {OUTCOMES[row['outcome']]}" if row["outcome"] else state
    counts = ("people", "outstanding", "with_digital_skills", "digitally_fluent")
    return [visible(row["unit"]), str(row["group"]), told, *(_number(row[one]) for one in counts)]


def _below(one: Mapping[str, Any], parts: Sequence[Mapping[str, Any]]) -> list[str]:
    brought = [part for part in parts if part["agency"] == one["id"] and not part["is_overlap"]]
    version = f"{one['version']} ({one['hash'][:_SHORT]})" if one["version"] else "–"
    state = REPORT_STATES[one["state"]]
    told = f"{state}: {one['waived_because']}" if one["waived_because"] else state
    return [visible(one["name"]), visible(told), version, _number(_people(brought))]


def _people(parts: Iterable[Mapping[str, Any]]) -> int:
    return sum(int(part["people"]) for part in parts)


def _number(count: int) -> str:
    return f"{count:,}".replace(",", ".")
