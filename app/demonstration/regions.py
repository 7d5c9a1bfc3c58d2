"""Which manners of naming one meets where: rough shares for each stretch of commune codes.

Codes are those of QĐ 19/2025/QĐ-TTg. They run in the order of the districts abolished on
1 July 2025, so that a stretch of codes is a former district or two.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypeAlias

from app.demonstration.names import People


Weights: TypeAlias = Mapping[People, float]


class _Stretch(NamedTuple):
    """Communes from ``first`` to ``last``, and the manners of naming met there."""

    first: str
    last: str
    weights: Weights


_PROVINCES: Mapping[str, Weights] = {
    "12": {
        People.KINH_NORTH: 45,
        People.THAI: 25,
        People.MONG: 10,
        People.DAO_NORTHWEST: 6,
        People.GIAY: 6,
        People.HA_NHI: 5,
        People.LU: 2,
        People.MANG: 1,
    },
    "20": {
        People.TAY: 36,
        People.NUNG: 34,
        People.KINH_NORTH: 27,
        People.DAO_NORTHEAST: 2,
        People.MONG: 1,
    },
    "51": {
        People.KINH_CENTRE: 88,
        People.HRE: 4,
        People.BA_NA: 3,
        People.XO_DANG: 3,
        People.CO: 1,
        People.GIE_TRIENG: 1,
    },
}

_STRETCHES: Mapping[str, Sequence[_Stretch]] = {
    "12": (
        _Stretch(
            "03388",
            "03408",
            {
                People.MONG: 30,
                People.KINH_NORTH: 25,
                People.GIAY: 15,
                People.THAI: 13,
                People.DAO_NORTHWEST: 12,
                People.LU: 5,
            },
        ),
        _Stretch(
            "03424",
            "03430",
            {
                People.MONG: 40,
                People.THAI: 20,
                People.LU: 20,
                People.DAO_NORTHWEST: 8,
                People.KINH_NORTH: 7,
                People.GIAY: 5,
            },
        ),
        _Stretch(
            "03434",
            "03434",
            {People.THAI: 40, People.MANG: 25, People.MONG: 20, People.KINH_NORTH: 15},
        ),
        _Stretch(
            "03433",
            "03472",
            {
                People.HA_NHI: 40,
                People.THAI: 26,
                People.MONG: 22,
                People.KINH_NORTH: 8,
                People.MANG: 4,
            },
        ),
        _Stretch(
            "03478",
            "03544",
            {
                People.MONG: 38,
                People.DAO_NORTHWEST: 26,
                People.THAI: 23,
                People.LU: 5,
                People.KINH_NORTH: 5,
                People.MANG: 3,
            },
        ),
        _Stretch(
            "03549",
            "03583",
            {
                People.DAO_NORTHWEST: 28,
                People.MONG: 28,
                People.THAI: 28,
                People.KINH_NORTH: 7,
                People.HA_NHI: 6,
                People.GIAY: 3,
            },
        ),
        _Stretch(
            "03595",
            "03640",
            {
                People.THAI: 60,
                People.MONG: 22,
                People.KINH_NORTH: 12,
                People.DAO_NORTHWEST: 4,
                People.GIAY: 2,
            },
        ),
    ),
    "20": (
        _Stretch(
            "05977",
            "05986",
            {People.NUNG: 34, People.KINH_NORTH: 33, People.TAY: 31, People.DAO_NORTHEAST: 2},
        ),
        _Stretch(
            "06187",
            "06187",
            {People.NUNG: 34, People.KINH_NORTH: 33, People.TAY: 31, People.DAO_NORTHEAST: 2},
        ),
        _Stretch(
            "06001",
            "06115",
            {
                People.TAY: 45,
                People.NUNG: 38,
                People.DAO_NORTHEAST: 9,
                People.KINH_NORTH: 6,
                People.MONG: 2,
            },
        ),
        _Stretch(
            "06385",
            "06457",
            {People.KINH_NORTH: 45, People.NUNG: 40, People.TAY: 10, People.DAO_NORTHEAST: 5},
        ),
        _Stretch(
            "06463",
            "06517",
            {People.NUNG: 44, People.TAY: 36, People.KINH_NORTH: 19, People.DAO_NORTHEAST: 1},
        ),
        _Stretch(
            "06526",
            "06637",
            {People.TAY: 55, People.NUNG: 28, People.KINH_NORTH: 10, People.DAO_NORTHEAST: 7},
        ),
        _Stretch(
            "06124",
            "06376",
            {People.NUNG: 55, People.TAY: 34, People.KINH_NORTH: 8, People.DAO_NORTHEAST: 3},
        ),
    ),
    "51": (
        _Stretch("21115", "21157", {People.CO: 66, People.KINH_CENTRE: 34}),
        # The Ca Dong of Sơn Tây bear Đinh and are named much as the Hrê are.
        _Stretch("21289", "21349", {People.HRE: 82, People.KINH_CENTRE: 18}),
        _Stretch("21361", "21361", {People.HRE: 70, People.KINH_CENTRE: 30}),
        _Stretch("21484", "21538", {People.HRE: 84, People.KINH_CENTRE: 16}),
        _Stretch("21025", "21548", {People.KINH_CENTRE: 99, People.HRE: 1}),
        _Stretch(
            "23284",
            "23332",
            {People.KINH_CENTRE: 50, People.BA_NA: 36, People.GIA_RAI: 8, People.XO_DANG: 6},
        ),
        _Stretch(
            "23341", "23374", {People.GIE_TRIENG: 62, People.XO_DANG: 25, People.KINH_CENTRE: 13}
        ),
        _Stretch(
            "23377", "23392", {People.KINH_CENTRE: 50, People.GIE_TRIENG: 28, People.XO_DANG: 22}
        ),
        _Stretch("23401", "23476", {People.XO_DANG: 72, People.KINH_CENTRE: 26, People.BA_NA: 2}),
        _Stretch("23479", "23497", {People.BA_NA: 50, People.KINH_CENTRE: 35, People.XO_DANG: 15}),
        _Stretch("23500", "23515", {People.KINH_CENTRE: 45, People.XO_DANG: 40, People.BA_NA: 15}),
        _Stretch(
            "23527",
            "23548",
            {People.KINH_CENTRE: 40, People.GIA_RAI: 38, People.XO_DANG: 14, People.BA_NA: 8},
        ),
    ),
}

KON_TUM_CODES = "23"
"""What the codes of the communes begin with that Kon Tum brought into Quảng Ngãi in 2025."""


def peoples_of(province: str, commune_code: str | None) -> Weights:
    """Return how often each manner of naming is met in a commune, or in an office of the province.

    Offices draw from the whole province and from the lowlands. Other provinces are named as the
    Kinh of the north are.
    """
    if commune_code is not None:
        for stretch in _STRETCHES.get(province, ()):
            if stretch.first <= commune_code <= stretch.last:
                return stretch.weights
    return _PROVINCES.get(province, {People.KINH_NORTH: 1})
