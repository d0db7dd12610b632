"""A real Chromium on a real Hub. Without Chromium these tests are not collected, and it is said.

HUB_BROWSER=required   no Chromium is an error
HUB_BROWSER_HOME=DIR   the Hub that runs in DIR (its HUB_HOME) instead of one started for the tests
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.visits import Visits
from tests.running import Running

# The same Chromium without windows is a quarter quicker, where it is installed too.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
REQUIRED = os.environ.get("HUB_BROWSER") == "required"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
collect_ignore_glob = [] if CHROMIUM or REQUIRED else ["test_*.py"]


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if collect_ignore_glob:
        terminalreporter.write_line("browser tests not run (no chromium on this machine)")


@pytest.fixture(scope="session")
def database() -> None:
    """None in this process: a browser sees Hub from outside, over HTTP."""


@pytest.fixture(scope="package")
def site(request: pytest.FixtureRequest) -> Running:
    """The Hub that is visited."""
    home = os.environ.get("HUB_BROWSER_HOME")
    running: Running = Running(Path(home)) if home else request.getfixturevalue("hub")
    return running


# Not of the session: while Playwright's loop runs, Django refuses its own database calls.
@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    assert CHROMIUM, "HUB_BROWSER=required, and there is no chromium on this machine."
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def states() -> dict[str, Any]:
    """What the browser keeps of each person who signed in; once a person, sign-in is throttled."""
    return {}


@pytest.fixture
def visits(chromium: Browser, site: Running, states: dict[str, Any]) -> Iterator[Visits]:
    """Pages to look at; trouble in any of them fails the test."""
    made = Visits(site, chromium, states)
    yield made
    made.close()
    assert made.trouble == []
