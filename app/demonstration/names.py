"""Believable full names of several peoples of Việt Nam.

Which people a name comes from shapes the name and nothing else: it is neither kept nor shown,
because ethnicity is not among the data that the product collects.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from unicodedata import normalize


class People(StrEnum):
    """Whose way of naming a name follows. Neighbours of one people may name differently."""

    KINH_NORTH = "kinh-north"
    KINH_CENTRE = "kinh-centre"
    TAY = "tay"
    NUNG = "nung"
    THAI = "thai"
    MONG = "mong"
    DAO_NORTHWEST = "dao-northwest"
    DAO_NORTHEAST = "dao-northeast"
    HA_NHI = "ha-nhi"
    LU = "lu"
    GIAY = "giay"
    MANG = "mang"
    HRE = "hre"
    CO = "co"
    XO_DANG = "xo-dang"
    BA_NA = "ba-na"
    GIA_RAI = "gia-rai"
    GIE_TRIENG = "gie-trieng"


@dataclass(frozen=True, slots=True)
class _Pool:
    """What a name is put together from: a word of each, of which the middle one may be empty."""

    families: tuple[str, ...]
    middles: tuple[str, ...]
    givens: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Naming:
    """The pools of one people; the young are named otherwise where fashion has changed."""

    male: _Pool
    female: _Pool
    young_male: _Pool | None = None
    young_female: _Pool | None = None

    def pool(self, *, is_female: bool, birth_year: int) -> _Pool:
        """Return the pool that parents drew from in ``birth_year``."""
        young = self.young_female if is_female else self.young_male
        if young is not None and birth_year >= _FASHION_CHANGED_IN:
            return young
        return self.female if is_female else self.male


_FASHION_CHANGED_IN = 1994


def _pool(families: str, middles: str, givens: str) -> _Pool:
    """Read three lists; commas part the words, so that a middle name may hold two."""
    parts = ([word.strip() for word in text.split(",")] for text in (families, middles, givens))
    return _Pool(*(tuple(part) for part in parts))


_KINH_MEN = (
    "Văn, Văn, Văn, Đức, Minh, Quang, Xuân, Hữu, Thanh, Ngọc, Đình, Công, Mạnh",
    (
        "An, Bình, Chiến, Cường, Dũng, Đạt, Đông, Hải, Hiếu, Hoàn, Hùng, Kiên, Long, Luân, Nam,"
        "Nghĩa, Phúc, Quân, Quyết, Sơn, Tân, Thành, Thắng, Thủy, Toàn, Trung, Tuấn, Tùng, Việt,"
        "Vinh"
    ),
)
_KINH_WOMEN = (
    "Thị, Thị, Thị, Thị Thu, Thị Thanh, Thị Ngọc, Thị Hồng, Thị Minh, Thị Kim, Thị Bích",
    (
        "Anh, Bình, Chi, Dung, Duyên, Giang, Hà, Hạnh, Hiền, Hoa, Hòa, Huệ, Hương, Lan, Liên, Loan,"
        "Mai, Mận, Nga, Nhung, Oanh, Phượng, Quyên, Thảo, Thắm, Thoa, Thơm, Thủy, Tuyết, Vân, Yến"
    ),
)
_YOUNG_KINH_MEN = (
    "Minh, Gia, Tuấn, Đức, Hoàng, Nhật, Quốc, Anh, Bảo, Thành, Quang",
    (
        "Anh, Bảo, Duy, Dương, Đăng, Hiếu, Hoàng, Huy, Khang, Khánh, Khôi, Kiệt, Lâm, Long, Nam,"
        "Nhân, Phong, Phúc, Quân, Sơn, Thịnh, Tú, Tùng, Việt"
    ),
)
_YOUNG_KINH_WOMEN = (
    "Thị, Thị Thu, Ngọc, Khánh, Thùy, Phương, Minh, Bảo, Mai, Hà, Thanh, Quỳnh",
    (
        "Anh, Châu, Chi, Dương, Giang, Hân, Hoa, Hương, Lam, Linh, Ly, Mai, My, Ngân, Nhi, Nhung,"
        "Như, Phương, Thảo, Thư, Trang, Trà, Trâm, Uyên, Vy, Yến"
    ),
)


def _kinh(families: str) -> _Naming:
    """Return the naming of the Kinh with the family names of one region."""
    return _Naming(
        _pool(families, *_KINH_MEN),
        _pool(families, *_KINH_WOMEN),
        _pool(families, *_YOUNG_KINH_MEN),
        _pool(families, *_YOUNG_KINH_WOMEN),
    )


def _naming(families: str, male: tuple[str, str], female: tuple[str, str]) -> _Naming:
    """Return a naming in which men and women share the family names."""
    return _Naming(_pool(families, *male), _pool(families, *female))


def _called(male_givens: str, female_givens: str) -> _Naming:
    """Return a naming without family names: A before a man's name, Y before a woman's."""
    return _Naming(_pool("A", "", male_givens), _pool("Y", "", female_givens))


_NAMINGS: Mapping[People, _Naming] = {
    People.KINH_NORTH: _kinh(
        "Nguyễn, Nguyễn, Nguyễn, Trần, Trần, Lê, Lê, Phạm, Hoàng, Vũ, Đặng, Bùi, Đỗ, Ngô, Dương,"
        "Đoàn, Trịnh, Phan, Lưu, Mai, Tạ, Cao, Đào"
    ),
    People.KINH_CENTRE: _kinh(
        "Nguyễn, Nguyễn, Nguyễn, Trần, Lê, Lê, Phạm, Phạm, Võ, Võ, Huỳnh, Bùi, Đặng, Đỗ, Phan,"
        "Trương, Ngô, Tạ, Cao, Đoàn, Tiêu, Thới, Lương"
    ),
    People.TAY: _naming(
        "Nông, Hoàng, Hoàng, Lương, Hà, Vi, Bế, Đàm, Hứa, Dương, Lộc, Chu, Ma, Lâm, La",
        (
            "Văn, Văn, Văn, Ngọc, Đình, Công, Quốc, Thế",
            (
                "Slầy, Sình, Biên, Cầm, Chấn, Duy, Đoàn, Đồng, Hành, Khải, Khằm, Lập, Nghiệp, Ngần,"
                "Phẩm, Phón, Quyền, Sàn, Sơn, Thiệu, Thuận, Tiệp, Trình, Tuyền"
            ),
        ),
        (
            "Thị, Thị, Thị, Thị Bích, Thị Thu, Thúy",
            (
                "Hường, Ái, Biên, Chiêm, Diễm, Đào, Én, Hậu, Hiên, Khuyên, Lả, Lượt, Múi, Nhình,"
                "Nương, Phấn, Phin, Slao, Thiêm, Thơ, Tiềm, Vằn, Viền, Xuyến"
            ),
        ),
    ),
    People.NUNG: _naming(
        "Nông, Lương, Hoàng, Lý, Lục, Vy, Hứa, Linh, Lô, Lăng, Chu, Lành, Triệu, Phùng, Mông, Long",
        (
            "Văn, Văn, Văn, Minh, Thanh, Viết",
            (
                "Sình, Slầy, Báo, Chài, Cắm, Dìn, Hỷ, Kim, Lèng, Liềng, Lợi, Lường, Páo, Phay,"
                "Phúc, Quay, Sầm, Sòi, Thàm, Thắng, Thoòng, Tiền, Vảng, Vìn"
            ),
        ),
        (
            "Thị, Thị, Thị, Thị Thu, Thị Kim",
            (
                "Hường, Bông, Cói, Dìn, Eng, Hòi, Khàm, Lan, Lìn, Mỷ, Nàm, Nhì, Ngọ, Phảy, Phương,"
                "Sen, Slảo, Sơn, Thắm, Thìn, Tồi, Vạ, Vui, Xiêm"
            ),
        ),
    ),
    People.THAI: _naming(
        "Lò, Lò, Lò, Lường, Vàng, Quàng, Tòng, Hoàng, Đèo, Điêu, Khoàng, Mào, Vì, Cà, Lèo, Hà",
        (
            "Văn, Văn, Văn, Văn, Xuân, Trung",
            (
                "Ún, Bun, Chanh, Chung, Dọn, Hặc, Hoan, Inh, Khụt, Lả, Món, Ngoan, Ơn, Pản, Pâng,"
                "Phong, Piến, Pỏm, Quyết, Sơ, Thoan, Tiện, Xôm, Xương"
            ),
        ),
        (
            "Thị, Thị, Thị, Thị, Thị Thu",
            (
                "Pánh, Chiên, Diện, Dung, Hiêng, Ín, Inh, Khuyên, Lả, Ngân, Nhịn, Óm, Ọi, Pâng,"
                "Phóng, Pọm, Sương, Thoan, Thơm, Ún, Xiên, Xuân, Yêu, Yên"
            ),
        ),
    ),
    People.MONG: _naming(
        "Giàng, Giàng, Vàng, Vàng, Sùng, Thào, Mùa, Lầu, Hạng, Cứ, Ma, Lý, Tráng, Hảng, Sình, Vừ",
        (
            "A",
            (
                "Pó, Tủa, Chống, Chớ, Chu, Của, Dế, Dình, Dơ, Hồng, Lềnh, Lử, Nhè, Nủ, Páo, Phử,"
                "Sáu, Say, Sính, Sử, Súa, Thái, Tra, Vảng"
            ),
        ),
        (
            "Thị",
            (
                "Mỷ, Ca, Chía, Chở, Cở, Dí, Dở, Dợ, Dua, Gấu, Già, Ké, Mái, Máy, Mo, Pà, Sai, Sau,"
                "Say, Sú, Sua, Súa, Va, Xua"
            ),
        ),
    ),
    People.DAO_NORTHWEST: _naming(
        "Tẩn, Tẩn, Phàn, Phàn, Chẻo, Lý, Lò, Vàng, Tẩn",
        (
            "A, A, Láo, Chin, Lao, Phù, Sài",
            "Sơn, Chẳn, Cheng, Lở, Nải, Páo, Phẩu, Pà, Phủ, Quẩy, San, Seng, Sì, Sinh, Tả, U",
        ),
        (
            "Mẩy, Mẩy, Tả Mẩy, San Mẩy, Lở Mẩy, U Mẩy",
            "Pham, Chản, Ghến, Lai, Liều, Lụa, Nhàn, Phẩy, Phin, Phú, San, Sểnh, Sinh, Xoang",
        ),
    ),
    People.DAO_NORTHEAST: _naming(
        "Triệu, Triệu, Bàn, Đặng, Lý, Phùng, Dương, Hoàng",
        (
            "Tài, Sành, Chàn, Văn, Văn, Tiến, Quý, Dào",
            "Vượng, Chiêu, Chòi, Hín, Kinh, Lìn, Nhất, Phú, Pu, Quyên, Sìn, Tình, Vạn, Vảng",
        ),
        (
            "Mùi, Thị, Thị, Tả, Sám",
            "Nái, Coi, Ghển, Mụi, Múi, Nảy, Nhậy, Phham, Phin, Pu, Sếnh, Viện, Xuân",
        ),
    ),
    People.HA_NHI: _naming(
        "Pờ, Pờ, Lý, Lỳ, Chang, Vù, Sừng, Ly, Khoàng, Chu, Phùng, Mạ",
        (
            "Hừ, Hà, Gó, Xé, Lòng, Phì, Chừ, Go, Mò, Xè",
            "Xó, Cà, Che, Chừ, Gạ, Hừ, Lòng, Lù, Po, Sinh, Tư, Xá, Xè, Xì",
        ),
        (
            "Xú, Mì, Mỳ, Mò, Gia, Lò, Pứ, Khừ, Gừ",
            "Mé, Bơ, De, Đe, Lế, Ló, Mư, Né, Nu, Nụ, Pứ, Xó, Xơ, Xú",
        ),
    ),
    People.LU: _naming(
        "Tao, Tao, Lò, Vàng, Khoàng",
        ("Văn", "Bun, Ín, Keo, Khăm, Lai, Ón, Pan, Pén, Piến, Sơn, Sương, Tâng"),
        ("Thị", "Pén, Bun, Eng, Én, Ín, Keo, Lả, Ngơi, Ón, Pan, Sai, Xôm"),
    ),
    People.GIAY: _naming(
        "Lù, Lù, Vàng, Lò, Lý, Hoàng, Phan, Sần, Vùi, Vương",
        ("Văn, Văn, A", "Chẳn, Dìn, Khén, Lùng, Niên, Páo, Pín, Sài, Sín, Thẻn, Tờ, Vảng"),
        ("Thị", "Lử, Dín, Kẻo, Lìn, Mí, Nhùng, Sẩn, Séng, Siêng, Thim, Va, Xiến"),
    ),
    People.MANG: _naming(
        "Lò, Chìn, Pàn, Lùng, Sìn, Tào",
        ("Văn, A", "Ổn, Đao, Đối, Lâm, Lơ, Páng, Pao, Phóng, Sen, Thân, Tủm, Vang"),
        ("Thị", "Mến, Đôi, Hoan, Lợ, Me, Nga, Pảo, Sang, Say, Sơ, Thoa, Ươi"),
    ),
    People.HRE: _naming(
        "Đinh, Đinh, Đinh, Phạm, Phạm",
        (
            "Văn, Văn, Văn, Ngọc, Tấn",
            (
                "Đía, Brổ, Dót, Ghể, Ghin, Hứa, Krốt, Mía, Nghin, Nhoát, Rếch, Rơi, Trông, Tút,"
                "Xiếu, Xông"
            ),
        ),
        (
            "Thị",
            "Hrúi, Bơ, Găng, Hoanh, Lời, Mơ, Nhe, Nía, Rê, Ri, Rớt, Trá, Vế, Viên, Xíu, Xút",
        ),
    ),
    People.CO: _naming(
        "Hồ",
        (
            "Văn, Văn, Văn, Ngọc, Tấn, Thanh",
            (
                "Trăng, Biên, Đề, Điền, Hiền, Hoàng, Lịch, Nía, Như, Núi, Quế, Rin, Sanh, Thập,"
                "Tiên, Trầm, Triều, Vía"
            ),
        ),
        (
            "Thị, Thị, Thị, Thị Thu, Thị Hồng",
            "Bé, Biển, Dế, Diêm, Gái, Hạ, Lá, Lê, Mơ, Nương, Quế, Sen, Thao, Trầu, Uyển, Vinh",
        ),
    ),
    People.XO_DANG: _called(
        "Thút, Blong, Brôi, Dớ, Dung, Đủ, Ghíp, Gum, Hiang, Hriu, Lễ, Lương, Nhóc, Păn, Pốt, Săng,"
        "Tuân, Thuông, Vương, Xíp",
        "Blưi, Blét, Bông, Điêu, Đào, Gôn, Hlút, Hnăng, Lim, Múi, Nga, Nhiu, Nghiên, Plênh, Reng,"
        "Sôm, Thơm, Vêng, Vinh, Xuy",
    ),
    People.BA_NA: _called(
        "Thút, Biu, Blưk, Chớp, Dưng, Hmơn, Hyơm, Jring, Khưi, Kưm, Lơk, Ngưi, Njưng, Plưn, Tưk,"
        "Wăn, Wek, Yưk",
        "Blưi, Blơm, Byưr, Hmrưk, Hyên, Jưm, Khưm, Klưh, Lưm, Ngưm, Nhưi, Pơm, Rưi, Tưm, Wim,"
        "Wơn, Yam, Yưn",
    ),
    People.GIA_RAI: _Naming(
        _pool(
            "Rơ Châm, Rơ Châm, Ksor, Siu, Kpă, Rơ Mah, Nay, Rơ Lan, Puih",
            "",
            "Blới, Blưng, Hlích, Hyiu, Jú, Khuơn, Lơih, Nhan, Phin, Phớt, Thuyn, Tuk, Uơn, Yơn",
        ),
        _pool(
            "Rơ Châm, Rơ Châm, Ksor, Siu, Kpă, Rơ Mah, Nay, Rơ Lan, Puih",
            "",
            "H'Yéo, H'Bơ, H'Blơn, H'Bum, H'Chưn, H'Diu, H'Hyưng, H'Lem, H'Lưu, H'Nin, H'Phin,"
            "H'Thuk, H'Uyên, H'Yơ",
        ),
    ),
    People.GIE_TRIENG: _called(
        "Ngo, Bling, Brôl, Đới, Giang, Hiên, Kim, Kring, Lăng, Ngân, Ngheo, Nhỏ, Phương, Thiu,"
        "Tơng, Vẻ, Xiêng",
        "Nghê, Ban, Bôn, Chanh, Dên, Đôi, Hiên, Lan, Lưng, Mai, Nẻ, Ngưa, Plơn, Thê, Tiêng, Vẫn,"
        "Xôi",
    ),
}

PUBLIC_PERSONS = frozenset(
    {
        "Lê Đức Anh",
        "Lê Đức Thọ",
        "Nguyễn Đình Thi",
        "Nguyễn Hữu An",
        "Nguyễn Minh Châu",
        "Nguyễn Phú Trọng",
        "Nguyễn Thị Bình",
        "Nguyễn Thị Hồng",
        "Nguyễn Thị Kim Ngân",
        "Nguyễn Thị Minh Khai",
        "Nguyễn Văn An",
        "Nguyễn Văn Thắng",
        "Nguyễn Xuân Thắng",
        "Phạm Văn Đồng",
        "Vũ Hoàng Quý",
        "Vương Thế Mẫn",
        "Y Ngọc",
    }
)
"""Names of people in public life, which no invented person is given."""


def make_name(random: Random, people: People, *, is_female: bool, birth_year: int = 1980) -> str:
    """Draw a full name in the manner of ``people``, in NFC."""
    pool = _NAMINGS[people].pool(is_female=is_female, birth_year=birth_year)
    while True:
        name = _put_together(random, pool)
        if name not in PUBLIC_PERSONS:
            return name


def _put_together(random: Random, pool: _Pool) -> str:
    """Draw a word from each list; no name says the same word twice running."""
    family = random.choice(pool.families)
    middle = random.choice(pool.middles)
    given = random.choice(pool.givens)
    while given in (family, middle.rpartition(" ")[2]):
        given = random.choice(pool.givens)
    return normalize("NFC", " ".join(word for word in (family, middle, given) if word))
