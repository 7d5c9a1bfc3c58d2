"""Every icon that a page asks for is in the sprite."""

import re
from pathlib import Path

from app.web.navigation import ROOMS


SPRITE = next(Path("app/static/vendor").glob("tabler-icons-*/*.svg"))
CALL = re.compile(r"""\bicon\(\s*["']([a-z0-9-]+)["']""")


def test_every_icon_is_in_the_sprite():
    known = set(re.findall(r'<symbol id="([a-z0-9-]+)"', SPRITE.read_text()))
    asked = {
        name
        for path in Path("app/templates").rglob("*.html")
        for name in CALL.findall(path.read_text())
    }
    assert known
    assert asked | {room.icon for room in ROOMS} <= known
