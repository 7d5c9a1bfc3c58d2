"""What teams and people say about scores, as offices write it."""

from collections.abc import Mapping, Sequence
from random import Random


_LOWERED: Sequence[Sequence[str]] = (
    (
        "Kế hoạch học tập chưa nêu thời hạn và kết quả cụ thể.",
        "Kế hoạch học tập lập sau khi năm đã qua nửa.",
    ),
    (
        "Trong năm mới tham gia một hoạt động chung.",
        "Chưa có xác nhận về việc tham gia sinh hoạt cộng đồng.",
    ),
    (
        "Chưa có minh chứng về việc động viên người thân, đồng nghiệp học tập.",
        "Minh chứng mới thể hiện việc học của bản thân.",
    ),
    (
        "Chưa nêu rõ nguồn sách, báo, tài liệu thường xuyên đọc.",
        "Việc cập nhật thông tin chưa đều trong năm.",
    ),
    (
        "Mới dùng những chức năng cơ bản, chưa thành thạo dịch vụ công trực tuyến.",
        "Chứng nhận tin học đã quá lâu, chưa có minh chứng của năm nay.",
    ),
    (
        "Mới ở mức giao tiếp đơn giản, chưa dùng được trong công việc.",
        "Chưa có minh chứng về việc sử dụng ngoại ngữ trong năm.",
    ),
    (
        "Cải tiến chưa được áp dụng trong năm.",
        "Chưa nêu được kết quả cụ thể của việc tính toán, cải tiến.",
    ),
    (
        "Chưa có ví dụ cụ thể về việc phân tích, phản biện.",
        "Ý kiến đóng góp chưa được ghi trong biên bản nào.",
    ),
    (
        "Còn một việc phải hòa giải trong năm.",
        "Chưa có xác nhận của nơi ở hoặc nơi làm việc.",
    ),
    (
        "Minh chứng về hợp tác, chia sẻ còn chung chung.",
        "Chưa có minh chứng về việc tham gia bảo vệ môi trường.",
    ),
)

_RAISED: Sequence[str] = (
    "Tự đánh giá thấp hơn minh chứng đã nộp.",
    "Tổ đã xem thêm minh chứng tại đơn vị, đủ căn cứ cho điểm cao hơn.",
    "Có giấy khen trong năm, phù hợp với mức điểm cao hơn.",
)

_MISSING: Sequence[str] = (
    "Đề nghị bổ sung kế hoạch học tập của năm.",
    "Đề nghị bổ sung xác nhận tham gia hoạt động cộng đồng.",
    "Đề nghị nêu việc đã động viên, tạo điều kiện cho ai học tập.",
    "Đề nghị ghi rõ tài liệu đã đọc, nguồn đã tra cứu.",
    "Đề nghị bổ sung chứng nhận hoặc ví dụ về sử dụng công nghệ thông tin.",
    "Đề nghị bổ sung chứng chỉ hoặc giải trình về ngoại ngữ.",
    "Đề nghị nêu kết quả cụ thể của cải tiến trong công việc.",
    "Đề nghị nêu ví dụ cụ thể, có người xác nhận.",
    "Đề nghị bổ sung xác nhận của thôn, tổ dân phố hoặc phòng.",
    "Đề nghị bổ sung minh chứng về hợp tác, chia sẻ, bảo vệ môi trường.",
)

NOT_LOOKED_AT = "Tôi đã nộp minh chứng nhưng chưa được xem xét."

_APPEALS: Sequence[str] = (
    NOT_LOOKED_AT,
    "Tôi xin bổ sung giấy xác nhận có trước ngày họp.",
    "Điểm thống nhất thấp hơn mức của người có minh chứng tương tự.",
)

UPHELD = "Đã xem lại hồ sơ và minh chứng; điểm thống nhất là phù hợp."
CHANGED = "Minh chứng bổ sung có trước ngày họp và đủ căn cứ để nâng điểm."
TRANSFERRED = "Chuyển công tác hoặc chuyển nơi ở trong năm."
RETURNED = "Một số chỉ số chưa đủ minh chứng."

_WITHDRAWALS: Mapping[str, float] = {
    "Nghỉ thai sản, chưa đủ điều kiện thu thập minh chứng.": 2,
    "Nghỉ ốm dài ngày.": 2,
    "Đi học tập trung xa địa phương.": 3,
    "Xin đăng ký lại vào năm sau.": 3,
    "Đi làm ăn xa trong năm.": 3,
}


def why_changed(random: Random, indicator: int, *, is_lower: bool) -> str:
    """Return why the team agreed on less, or on more, than the person claimed."""
    return random.choice(_LOWERED[indicator - 1] if is_lower else _RAISED)


def what_is_missing(indicator: int) -> str:
    """Return what a returned dossier must add for ``indicator``."""
    return _MISSING[indicator - 1]


def why_appeal(random: Random) -> str:
    """Return what somebody writes who appeals."""
    return random.choice(_APPEALS)


def why_withdraw(random: Random) -> str:
    """Return why somebody withdraws."""
    return random.choices(tuple(_WITHDRAWALS), weights=tuple(_WITHDRAWALS.values()))[0]
