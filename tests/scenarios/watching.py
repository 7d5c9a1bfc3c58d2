"""Somebody at another agency who looks on, and must not learn a thing."""

from collections.abc import Iterable, Mapping, Sequence

from app.domain.ids import new_id
from tests.scenarios.people import ID, Desk


LISTS = (
    "/home",
    "/own/",
    "/roster/",
    "/entry/",
    "/dossiers/",
    "/confirmations/",
    "/appraisals/",
    "/appraisals/?queue=agreed",
    "/proposals/",
    "/proposals/new",
    "/decisions/",
    "/honours/",
    "/board/",
    "/exports/",
    "/members/",
    "/settings/",
)


class Watcher:
    """Opens the lists of their own agency, and tries addresses that they saw over a shoulder."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.before = self._lists()

    def _lists(self) -> Mapping[str, str]:
        return {path: self._read(path) for path in LISTS}

    def _read(self, path: str) -> str:
        answer = self.desk.page.goto(self.desk.base + path)
        assert answer is not None
        assert answer.status == 200, path
        return self.desk.words()

    def has_seen_nothing_of(self, others: Iterable[Desk], names: Sequence[str]) -> None:
        """Hold the watcher's pages to what they said before, and every foreign id to a 404."""
        after = self._lists()
        assert after == self.before
        assert not [(path, name) for path in after for name in names if name in after[path]]
        seen = {path for other in others for path in other.addresses if ID.search(path)}
        assert len(seen) > 15
        for path in sorted(seen):
            self._is_missing(path)

    def _is_missing(self, path: str) -> None:
        nobodys = ID.sub(str(new_id()), path)
        foreign, missing = self._answer(path), self._answer(nobodys)
        assert foreign[0] == 404, f"{path}: {foreign[0]}"
        assert foreign == missing, path

    def _answer(self, path: str) -> tuple[int, str]:
        """Return status and page, but for the id that it repeats."""
        answer = self.desk.page.request.get(self.desk.base + path)
        return answer.status, ID.sub("*", answer.text())
