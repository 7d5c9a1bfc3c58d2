"""Forms complain in the reader's language, whatever WTForms ships."""

from pathlib import Path

import wtforms
from babel.messages.pofile import read_po
from flask_babel import force_locale
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from app.web.forms import Form


CATALOGUE = Path("translations/vi/LC_MESSAGES/messages.po")


class Greeting(Form):
    name = StringField("Name", [InputRequired(), Length(max=3)])


def messages_in(path: Path) -> set[str]:
    with path.open("rb") as file:
        catalogue = read_po(file, locale="vi")
    return {one.id if isinstance(one.id, str) else one.id[0] for one in catalogue if one.id}


def test_every_message_of_wtforms_is_in_the_catalogue():
    shipped = messages_in(Path(wtforms.__file__).parent / "locale" / "wtforms.pot")
    assert shipped <= messages_in(CATALOGUE)


def test_a_complaint_is_in_vietnamese(app):
    with app.test_request_context(method="POST", data={"name": ""}), force_locale("vi"):
        form = Greeting()
        assert not form.was_submitted()
        assert form.name.errors[0] == "Cần nhập nội dung này."


def test_a_counted_complaint_is_in_vietnamese(app):
    with app.test_request_context(method="POST", data={"name": "dài quá"}), force_locale("vi"):
        form = Greeting()
        assert not form.was_submitted()
        assert form.name.errors[0] == "Không quá 3 ký tự."
