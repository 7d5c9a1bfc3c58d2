"""What people write down as evidence, indicator by indicator."""

from collections.abc import Mapping, Sequence

from app.demonstration.people import PUPILS, RESIDENTS, STAFF, WORKERS
from app.domain.scoring import INDICATORS


_OFFICE: Sequence[str] = (
    "Kế hoạch học tập cá nhân năm {year}, phòng đã duyệt.",
    "Tham gia ngày hội đọc sách và chiến dịch tình nguyện của cơ quan.",
    "Vận động ba đồng nghiệp tham gia lớp bồi dưỡng nghiệp vụ.",
    "Sổ tay ghi chép văn bản mới; đọc báo của ngành hằng tuần.",
    "Xử lý công việc trên hệ thống quản lý văn bản và dịch vụ công trực tuyến.",
    "Chứng chỉ tiếng Anh bậc 2; tự học qua ứng dụng mỗi ngày.",
    "Sáng kiến rút ngắn thời gian lập báo cáo tháng.",
    "Ý kiến góp ý dự thảo quy chế, ghi trong biên bản họp phòng.",
    "Không có mâu thuẫn kéo dài; tham gia tổ hòa giải của cơ quan.",
    "Phối hợp ba phòng làm báo cáo chung; phân loại rác tại nơi làm việc.",
)
_VILLAGE: Sequence[str] = (
    "Kế hoạch học của gia đình năm {year}, có xác nhận của thôn.",
    "Tham gia sinh hoạt ở nhà văn hóa thôn và trung tâm học tập cộng đồng.",
    "Hai con đi học đầy đủ; vận động hàng xóm đi học xóa mù chữ.",
    "Nghe đài, đọc bản tin khuyến nông, hỏi cán bộ khuyến nông.",
    "Dùng điện thoại thông minh để xem giá nông sản và nộp hồ sơ trực tuyến.",
    "Biết nói thêm một thứ tiếng của dân tộc khác trong xã.",
    "Đổi cách ủ phân, giảm chi phí cho vụ ngô.",
    "Phát biểu ở cuộc họp thôn về việc làm đường nội đồng.",
    "Gia đình hòa thuận, được thôn xác nhận.",
    "Tham gia tổ đổi công; dọn vệ sinh đường thôn mỗi tháng.",
)
_FACTORY: Sequence[str] = (
    "Kế hoạch học nâng bậc thợ năm {year}.",
    "Tham gia hội thao và buổi sinh hoạt của công đoàn.",
    "Kèm cặp một thợ mới của tổ.",
    "Đọc tài liệu kỹ thuật của máy mới.",
    "Khai báo y tế, bảo hiểm qua ứng dụng; dùng bảng tính đơn giản.",
    "Hiểu các từ tiếng Anh trên bảng điều khiển.",
    "Cải tiến đồ gá, tiết kiệm thời gian thay khuôn.",
    "Góp ý về an toàn lao động, được ghi trong sổ giao ca.",
    "Không vi phạm nội quy; hòa nhã với đồng nghiệp.",
    "Làm việc theo nhóm; giữ khu vực làm việc sạch.",
)
_SCHOOL: Sequence[str] = (
    "Thời gian biểu và mục tiêu học tập năm học.",
    "Tham gia câu lạc bộ và hoạt động tình nguyện của Đoàn.",
    "Hướng dẫn em học bài; giúp bạn ôn thi.",
    "Mượn sách thư viện; tra cứu tài liệu học tập trên mạng.",
    "Làm bài trình chiếu, nộp bài trên hệ thống học trực tuyến.",
    "Học bạ môn ngoại ngữ năm học.",
    "Sản phẩm dự thi khoa học kỹ thuật cấp trường.",
    "Bài tranh luận trong giờ học, giáo viên xác nhận.",
    "Hạnh kiểm tốt; không vi phạm nội quy.",
    "Làm việc nhóm; tham gia trồng cây.",
)
_PHRASES: Mapping[int, Sequence[str]] = {
    RESIDENTS: _VILLAGE,
    WORKERS: _FACTORY,
    STAFF: _OFFICE,
    PUPILS: _SCHOOL,
}


def evidence_of(group_number: int, year: int, *, filled: int) -> list[str]:
    """Return ten pieces of evidence, of which only the first ``filled`` are given yet."""
    given = [one.format(year=year) for one in _PHRASES[group_number][:filled]]
    return given + [""] * (INDICATORS - filled)
