"""Words as tags, in a real engine: by keyboard, told aloud, and sent as the text they stand for."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parents[2]
FORM = """
<form method="get"><label for="id_words">Words</label>
<textarea id="id_words" name="words" aria-describedby="hint" data-tags="" data-add="Add a word"
 data-remove="Remove {word}" data-added="{word} added" data-removed="{word} removed"
 data-twice="{word} is in the list already">FINI\nBASTA</textarea><p id="hint">At most 20.</p>
<button>Save</button></form>
"""

pytestmark = [pytest.mark.browser]


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    page = chromium.new_page()
    page.set_content(FORM)
    page.add_script_tag(content=(ROOT / "static/js/tags.js").read_text())
    yield page
    page.close()


def words(page: Page) -> list[str]:
    """What the form would send."""
    return page.locator("textarea").input_value().split("\n")


def said(page: Page) -> str:
    return page.get_by_role("status").inner_text()


def test_the_words_of_the_text_are_tags_and_its_label_leads_to_the_box(page: Page) -> None:
    assert page.locator("li.tag").count() == 2
    assert not page.locator("textarea").is_visible()
    box = page.get_by_label("Words")
    assert box.get_attribute("aria-describedby") == "hint"
    assert box.evaluate("box => box.tagName") == "INPUT"


def test_enter_and_a_comma_add_a_word_and_enter_alone_sends_the_form(page: Page) -> None:
    box = page.get_by_label("Words")
    box.press_sequentially("adieu,stop  it")
    box.press("Enter")
    assert words(page) == ["FINI", "BASTA", "ADIEU", "STOP IT"]
    assert said(page) == "STOP IT added"
    assert page.url == "about:blank"


def test_a_word_that_is_there_already_is_told_and_not_doubled(page: Page) -> None:
    box = page.get_by_label("Words")
    box.fill("bástà")
    box.press("Enter")
    assert words(page) == ["FINI", "BASTA"]
    assert said(page) == "BÁSTÀ is in the list already"


def test_a_tag_is_removed_by_its_button_and_focus_stays_in_the_box(page: Page) -> None:
    page.get_by_role("button", name="Remove FINI").press("Enter")
    assert words(page) == ["BASTA"]
    assert said(page) == "FINI removed"
    assert page.evaluate("document.activeElement.id") == "id_words"


def test_backspace_in_an_empty_box_removes_the_last_tag(page: Page) -> None:
    box = page.get_by_label("Words")
    box.press("Backspace")
    assert words(page) == ["FINI"]
    box.fill("X")
    box.press("Backspace")
    assert words(page) == ["FINI"]


def test_what_is_still_in_the_box_is_sent_too(page: Page) -> None:
    page.evaluate("document.forms[0].addEventListener('submit', (event) => event.preventDefault())")
    page.get_by_label("Words").fill("adieu")
    page.get_by_role("button", name="Save").click()
    assert words(page) == ["FINI", "BASTA", "ADIEU"]
