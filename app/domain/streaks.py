"""Five years in a row: when a Learning Citizen becomes an outstanding one.

"Những người đạt danh hiệu 'Công dân học tập' 5 năm liền được ghi nhận là 'Công dân học tập' tiêu
biểu xuất sắc" (plan of the Lạng Sơn department, II.2b). The years belong to the person, whoever
recognised them, and only decisions in force count.
"""

from collections.abc import Collection


def streak_ending(year: int, recognised_years: Collection[int]) -> int:
    """Return how many consecutive years up to and including ``year`` were recognised."""
    length = 0
    while year - length in recognised_years:
        length += 1
    return length


def is_outstanding(year: int, recognised_years: Collection[int], *, years_needed: int) -> bool:
    """Tell whether ``year`` completes or extends ``years_needed`` years in a row."""
    return streak_ending(year, recognised_years) >= years_needed
