"""What axe says of a page, its best-practice rules included."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page


def violations(page: Page) -> list[str]:
    """A line for each rule that is broken, with where; none for an accessible page."""
    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {', '.join(str(node['target'][0]) for node in one['nodes'][:4])}"
        for one in found
    ]
