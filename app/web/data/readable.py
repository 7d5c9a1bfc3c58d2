"""A copy of somebody's data put in order for a reader: by subject and year, in words.

Each row is taken apart column by column, and what no table of the paper has asked for is told
below it under its name: the paper says what the file for machines says, and a new column cannot
be forgotten.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from flask_babel import gettext

from app.domain.audit import Act
from app.exports.papers.data_copy import Fact, Facts, Layout, Line, Section, Table
from app.labels.acts import act_in_words
from app.web.data.values import in_words, is_blank, is_code, name_of, value_of


Row = Mapping[str, Any]
Tables = Mapping[str, Sequence[Row]]
_INDICATORS = 10
_FIRST = ("name", "year", "birth_on", "birth_year", "cccd", "cccd_last_four")
_SCORES = ("self_scores", "unit_scores", "agreed_scores")


class Rest:
    """What is still to be told of a row."""

    def __init__(self, table: str, row: Row, known: Row) -> None:
        self.table = table
        # What the paper says once above need not be said again in each row.
        self._left = {
            name: value
            for name, value in row.items()
            if name not in known or known[name] != value or is_blank(value)
        }

    def take(self, column: str) -> str:
        """Take a column out and return its value in words; empty where nothing is kept."""
        value = self._left.pop(column, None)
        return "" if is_blank(value) else value_of(self.table, column, value)

    def take_raw(self, column: str) -> Any:
        """Take a column out as it is."""
        return self._left.pop(column, None)

    def facts(self) -> tuple[Fact, ...]:
        """Return what is left and kept, the codes last."""
        told = [
            Fact(
                label=name_of(self.table, name),
                value=value_of(self.table, name, value),
                is_code=name.endswith("_id") or is_code(value),
            )
            for name, value in sorted(self._left.items(), key=_place)
            if not is_blank(value)
        ]
        return tuple(sorted(told, key=lambda one: one.is_code))

    def blank(self) -> str:
        """Return the names of what is left and not kept, in one sentence."""
        names = [name_of(self.table, name) for name, one in self._left.items() if is_blank(one)]
        return gettext("Nothing is kept of: %(names)s.", names=", ".join(names)) if names else ""

    def small(self) -> str:
        """Return what is left in one line."""
        told = [f"{one.label}: {one.value}" for one in self.facts()]
        return " · ".join([*told, self.blank()] if self.blank() else told)


def _place(column: tuple[str, Any]) -> int:
    """Put first what people look for first; the rest stays in its order."""
    return _FIRST.index(column[0]) if column[0] in _FIRST else len(_FIRST)


def sections_of(tables: Tables) -> tuple[Section, ...]:
    """Return everything in a copy, by subject."""
    [person] = tables["person"]
    known = {"province_id": person["province_id"], "tenant_id": person["tenant_id"]}
    theirs = {**known, "person_id": person["id"], "identity_id": person["identity_id"]}
    shown, others = _acts(tables["audit_event"])
    return (
        _section(gettext("Who this is"), [_facts("person", person, {}, title="")]),
        _section(gettext("Account and roles"), _accounts(tables, theirs)),
        _section(gettext("On what basis data are kept"), _each("consent", tables, theirs)),
        _section(gettext("Requests about these data"), _each("data_request", tables, theirs)),
        *_years(tables, theirs),
        _section(gettext("Who looked at the full personal number"), _record(shown, known)),
        _section(gettext("What else the record of acts holds"), _record(others, known)),
    )


def _section(title: str, parts: Iterable[Facts | Table]) -> Section:
    return Section(title=title, parts=tuple(parts), nothing=gettext("Nothing."))


def _facts(table: str, row: Row, known: Row, *, title: str) -> Facts:
    rest = Rest(table, row, known)
    return Facts(title=title, facts=rest.facts(), blank=rest.blank())


def _each(table: str, tables: Tables, known: Row) -> list[Facts]:
    titles: Mapping[str, Callable[[Row], str]] = {
        "consent": lambda row: value_of(table, "purpose", row["purpose"]),
        "data_request": lambda row: value_of(table, "kind", row["kind"]),
        "membership": lambda row: value_of(table, "role", row["role"]),
        "account": lambda row: gettext("Account %(login)s", login=row["login"]),
        "proposal_item": lambda _: gettext("On a list put before the head"),
        "decision_item": lambda _: gettext("In a decision"),
        "transfer": lambda _: gettext("Offered to another agency"),
    }
    return [_facts(table, row, known, title=titles[table](row)) for row in tables[table]]


def _accounts(tables: Tables, known: Row) -> list[Facts]:
    return [*_each("account", tables, known), *_each("membership", tables, known)]


def _years(tables: Tables, known: Row) -> list[Section]:
    newest_first = sorted(tables["dossier"], key=lambda row: -row["year"])
    if not newest_first:
        return [_section(gettext("Dossiers"), [])]
    return [_year(dossier, tables, known) for dossier in newest_first]


def _year(dossier: Row, tables: Tables, known: Row) -> Section:
    parts = {
        name: [row for row in rows if row.get("dossier_id") == dossier["id"]]
        for name, rows in tables.items()
    }
    here = {**known, "dossier_id": dossier["id"]}
    rest = Rest("dossier", dossier, known)
    indicators = _indicators(rest)
    title = gettext("Dossier of %(year)s", year=dossier["year"])
    told: list[Facts | Table] = [
        Facts(title="", facts=rest.facts(), blank=rest.blank()),
        indicators,
        *_team_scores(parts["team_score"], here),
        *(one for name in _PAPERS for one in _each(name, parts, here)),
        *_events(parts["dossier_event"], here),
    ]
    return _section(title, told)


_PAPERS = ("proposal_item", "decision_item", "transfer")


def _indicators(rest: Rest) -> Table:
    scores = [rest.take_raw(column) or [None] * _INDICATORS for column in _SCORES]
    evidence = rest.take_raw("evidence")
    rows = zip(*scores, evidence, strict=True)
    return Table(
        title=gettext("The ten indicators"),
        layout=Layout.INDICATORS,
        headings=(
            gettext("Indicator"),
            *(name_of("dossier", column) for column in _SCORES),
            gettext("Evidence"),
        ),
        lines=tuple(
            Line(cells=(str(number), *map(in_words, row))) for number, row in enumerate(rows, 1)
        ),
    )


def _team_scores(rows: Sequence[Row], known: Row) -> list[Table]:
    lines = [_scores_line(Rest("team_score", row, known)) for row in rows]
    numbers = tuple(str(number) for number in range(1, _INDICATORS + 1))
    headings = (name_of("team_score", "appraiser_name"), *numbers, name_of("team_score", "note"))
    return _table(gettext("What each appraiser gave"), Layout.SCORES, headings, lines)


def _scores_line(rest: Rest) -> Line:
    name, scores, note = rest.take("appraiser_name"), rest.take_raw("scores"), rest.take("note")
    return Line(cells=(name, *map(in_words, scores), note), small=rest.small())


def _events(rows: Sequence[Row], known: Row) -> list[Table]:
    in_order = sorted(rows, key=lambda row: str(row["at"]))
    lines = [_event_line(Rest("dossier_event", row, known)) for row in in_order]
    return _table(gettext("What happened"), Layout.EVENTS, _event_headings(), lines)


def _event_line(rest: Rest) -> Line:
    states = f"{rest.take('from_state')} → {rest.take('to_state')}"
    what = f"{rest.take('event')}\n{states}"
    why = "\n".join(filter(None, (rest.take("reason"), rest.take("facts"))))
    return Line(cells=(rest.take("at"), rest.take("actor_name"), what, why), small=rest.small())


def _event_headings() -> tuple[str, ...]:
    return (gettext("When"), gettext("Who"), gettext("What"), gettext("Details"))


def _acts(rows: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    in_order = sorted(rows, key=lambda row: str(row["at"]))
    shown = [row for row in in_order if row["act"] == Act.NUMBER_SHOWN]
    return shown, [row for row in in_order if row["act"] != Act.NUMBER_SHOWN]


def _record(rows: Sequence[Row], known: Row) -> list[Table]:
    lines = [_act_line(Rest("audit_event", row, known)) for row in rows]
    return _table("", Layout.EVENTS, _event_headings(), lines)


def _act_line(rest: Rest) -> Line:
    facts = rest.take_raw("facts") or {}
    what = act_in_words(Act(rest.take_raw("act")), facts)
    details = in_words(facts) if facts else ""
    cells = (rest.take("at"), rest.take("actor_name"), what, details)
    return Line(cells=cells, small=rest.small())


def _table(
    title: str, layout: Layout, headings: tuple[str, ...], lines: Sequence[Line]
) -> list[Table]:
    """Return a table, or none where there is nothing to put into it."""
    if not lines:
        return []
    return [Table(title=title, layout=layout, headings=headings, lines=tuple(lines))]
