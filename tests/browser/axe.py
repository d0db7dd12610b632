"""What axe says of a page, its best-practice rules included."""

from typing import Final

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

AXE: Final = Axe()
HERE: Final = "typeof axe === 'object'"
ASKED: Final = """(rules) => axe.run({
  resultTypes: ["violations"], ...(rules ? { runOnly: { type: "rule", values: rules } } : {}),
}).then(({ violations }) => violations)"""
# All that another theme can break: it changes colours and nothing else.
OF_COLOUR: Final = ["color-contrast", "link-in-text-block"]


def violations(page: Page, rules: list[str] | None = None) -> list[str]:
    """A line for each rule (all of them, unless named) that is broken, with where."""
    if not page.evaluate(HERE):
        page.evaluate(AXE.axe_script)
    return [
        f"{one['id']}: {', '.join(str(node['target'][0]) for node in one['nodes'][:4])}"
        for one in page.evaluate(ASKED, rules)
    ]
