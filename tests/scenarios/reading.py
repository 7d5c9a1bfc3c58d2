"""What every page of a scenario is held to while somebody uses it."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Page, Request


_AXE = Axe()


class UnfitPageError(AssertionError):
    """A page that asks the outside world, complains in its console, or cannot be used by all."""


def watch(page: Page, house: str) -> None:
    """Fail the test when the page asks anybody but the house, or when a script of it fails."""
    page.problems = []  # type: ignore[attr-defined]

    def on_request(request: Request) -> None:
        if not request.url.startswith((house, "data:", "blob:", "about:")):
            page.problems.append(f"asked the outside: {request.url}")  # type: ignore[attr-defined]

    def on_console(message: ConsoleMessage) -> None:
        # A refused form is an answer like any other; Chromium logs it as an error all the same.
        if message.type == "error" and "the server responded with a status" not in message.text:
            page.problems.append(message.text)  # type: ignore[attr-defined]

    page.on("request", on_request)
    page.on("console", on_console)
    page.on("pageerror", lambda error: page.problems.append(str(error)))  # type: ignore[attr-defined]


def require_fit(page: Page) -> None:
    """Raise ``UnfitPageError`` unless the page can be read and used by everybody."""
    problems = [*page.problems, *sideways(page), *_violations(page)]  # type: ignore[attr-defined]
    if problems:
        raise UnfitPageError(f"{page.url}:\n" + "\n".join(problems))


def sideways(page: Page) -> list[str]:
    """Return what sticks out of the screen."""
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return [f"is {wide} px wider than the screen"] if wide > 0 else []


def _violations(page: Page) -> list[str]:
    found = _AXE.run(page).response["violations"]
    return [
        f"{one['id']}: {one['help']}: {node['target']}"
        for one in found
        for node in one["nodes"][:3]
    ]
