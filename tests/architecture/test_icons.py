"""Every icon that a page asks for is in the sprite."""

import re
from pathlib import Path

from app.web.navigation import ROOMS


SPRITE = next(Path("app/static/vendor").glob("tabler-icons-*/*.svg"))
CALL = re.compile(r"""\bicon\(\s*["']([a-z0-9-]+)["']|"icon": ["']([a-z0-9-]+)["']""")


def test_every_icon_is_in_the_sprite():
    known = set(re.findall(r'<symbol id="([a-z0-9-]+)"', SPRITE.read_text()))
    sources = [*Path("app/templates").rglob("*.html"), *Path("app/web").rglob("*.py")]
    asked = {"".join(found) for path in sources for found in CALL.findall(path.read_text())}
    assert known
    assert asked | {room.icon for room in ROOMS} <= known
