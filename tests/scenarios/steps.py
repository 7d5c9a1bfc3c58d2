"""What the people of an agency do every year, step by step, at windows of their own."""

import re
from collections.abc import Mapping, Sequence

from tests.scenarios.people import Desk


def score_whoever_waits(appraiser: Desk, scores: Mapping[str, Sequence[int]]) -> list[str]:
    """Score one dossier after the other, as the page leads on; return whose they were."""
    done = []
    appraiser.visit("/appraisals/?queue=to-score")
    if appraiser.page.locator("main td a[href*='/appraisals/']").count():
        appraiser.press("main td a[href*='/appraisals/']")
    while "?queue" not in appraiser.path() and appraiser.page.locator("#score-1").count():
        name = appraiser.page.locator("h1").inner_text()
        appraiser.fill_scores(scores[name], "score-{}")
        appraiser.press("main [name=then][value=next]")
        done.append(name)
    return done


def confirm_everybody(unit_head: Desk) -> None:
    """Confirm together who is clear, then the doubtful one by one."""
    unit_head.visit("/confirmations/")
    together = unit_head.page.locator("main a[href*='/confirmations/together']")
    if together.count():
        unit_head.press(together)
        unit_head.press()
    single = unit_head.page.locator("main td form button")
    while single.count():
        unit_head.press(single.first)


def agree_on_all_without_a_difference(chair: Desk) -> None:
    """Close together what nobody disputes; everybody on the list has digital skills."""
    chair.visit("/appraisals/?queue=to-agree")
    chair.press("main .page-head a[href*='/appraisals/agreement']")
    for choice in chair.page.locator("main select[name^='digital-']").all():
        choice.select_option("skilled")
    chair.press()


def put_on_a_list(secretary: Desk, *also: str) -> str:
    """Seal a list of all who are clear, and of ``also``; submit it; return its address."""
    secretary.visit("/proposals/")
    secretary.press("main a[href*='/proposals/new']")
    for name in also:
        secretary.page.get_by_label(name, exact=True).check()
    secretary.press()
    secretary.press()
    address = secretary.path()
    secretary.follow("/submit")
    secretary.press()
    return address


def decide_as_earned(head: Desk, number: str) -> str:
    """Decide on the list that waits, as the scores say; return the decision's address."""
    head.visit("/decisions/")
    head.press("main a[href*='/decisions/lists/']")
    head.fill(number=number)
    head.press()
    head.press()
    head.reads(number)
    return head.path()


def publish(officer: Desk, decision: str) -> None:
    """Publish a decision."""
    officer.visit(decision)
    officer.follow("/publish")
    officer.press()


def figures_on_the_board(association: Desk, agency: str) -> dict[str, int]:
    """Return what the province's board says of an agency, by the names that it sorts by."""
    page = association.page
    row = page.locator("#table tbody tr", has_text=agency)
    if not row.count():
        return {}
    links = page.locator("#table thead a").evaluate_all("all => all.map(one => one.search)")
    names = [re.search(r"sort=-?(\w+)", link) for link in links]
    cells = row.locator("th, td").all_inner_texts()
    return {
        name[1]: int(cell)
        for name, cell in zip(names, cells, strict=False)
        if name and cell.strip().isdigit()
    }
