"""How many clicks it takes: to a saved change, and for a newcomer to a first message.

What is typed, chosen or ticked by key is the change itself and counts nothing.
"""

from typing import Final

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.newcomer import PASSWORD, Newcomer
from tests.browser.steps import have_a_webhook
from tests.browser.tour import OWNER
from tests.browser.visits import Visits
from tests.running import Running

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("hub")]
TO_A_CHANGE, TO_A_MESSAGE = 2, 6
# Each card of the settings: section, tab, card, control and what it is changed to; None ticks it.
CHANGES: Final = (
    ("account", "general", "name", "#id_name", "Maison Verdier Paris"),
    ("account", "general", "optout", "#id_confirm", None),
    ("numbers", "settings", "hours", "#id_wd_to", "19:30"),
    ("numbers", "settings", "limit", "#id_limit_month", "123456"),
    ("numbers", "settings", "sender", "#id_default_sender", ""),
    ("numbers", "settings", "receipts", "#id_receipts", None),
    ("api", "webhooks", "webhook", "#id_url", "https://hub.maison-verdier.example/other"),
)
# What moves messages that wait asks once more.
ASKS_FIRST: Final = "zone"


class Hand:
    """Clicks and counts."""

    def __init__(self) -> None:
        self.clicks = 0

    def click(self, target: Locator) -> None:
        target.click()
        self.clicks += 1


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_setting_is_two_clicks_from_its_section_and_one_from_what_it_was(
    visits: Visits, site: Running, language: str
) -> None:
    page = visits.signed_in(OWNER, language=language)
    home = f"/a/{site.demo['accounts'][0]['id']}/"
    have_a_webhook(page, home.split("/")[2])
    met: set[str | None] = set()
    for section, tab, card, control, value in CHANGES:
        page.locator(f"#nav nav a[href^='{home}{section}/']").click()
        hand = Hand()
        if not page.url.endswith(f"/{tab}/"):
            hand.click(page.locator(f".tabs a[href='{home}{section}/{tab}/']"))
        met |= {one.get_attribute("id") for one in page.locator(".card:has(.save)").all()}
        there = page.locator(f"#{card} {control}")
        before = there.input_value() if value is not None else there.is_checked()
        change(there, value)
        hand.click(page.locator(f"#{card} button.save"))
        note = page.locator(".note.good[role=status]")
        expect(note).to_be_visible()
        assert hand.clicks <= TO_A_CHANGE
        saved = note.inner_text()
        note.locator("form button").click()
        expect(note).not_to_have_text(saved)
        assert before == (there.input_value() if value is not None else there.is_checked())
    assert met == {ASKS_FIRST, *(card for _section, _tab, card, *_change in CHANGES)}


def change(control: Locator, value: str | None) -> None:
    if value is None:
        control.press("Space")
    elif control.evaluate("one => one.tagName") == "SELECT":
        control.select_option(value)
    else:
        control.fill(value)


def test_a_new_owner_is_six_clicks_from_the_letter_of_welcome_to_a_message(
    visits: Visits, site: Running
) -> None:
    page, hand, text = visits.open(), Hand(), "Bonjour de Hub."
    newcomer = Newcomer(page, site)
    submit = page.locator("main button[type=submit]")
    page.goto("/accounts/signup/")
    page.locator("#id_email").fill(newcomer.email)
    page.locator("#id_password1").fill(PASSWORD)
    submit.click()
    page.goto(newcomer.letter_link("confirm-email"))
    hand.clicks = 1  # the link of the letter
    hand.click(submit)
    page.locator("#id_login").fill(newcomer.email)
    page.locator("#id_password").fill(PASSWORD)
    hand.click(submit)
    # Signed in, one is where the account is opened.
    page.locator("#id_name").fill("Les Pressés")
    hand.click(submit)
    hand.click(page.locator("main a[href$='/messages/new/']").first)
    page.locator("#id_to").fill("+33 6 12 34 56 78")
    page.locator("#id_text").fill(text)
    hand.click(page.locator("main button[value=send]"))
    expect(page.locator("#story .bubble")).to_have_text(text)
    assert hand.clicks <= TO_A_MESSAGE
