"""What people do on the console, step by step; without script as well as with it."""

import re
import time
from datetime import datetime
from zoneinfo import ZoneInfo

from playwright.sync_api import Locator, Page, expect

# Weekdays stand in one row while they are alike, as the demo has them.
ROWS = ("wd", "sat", "sun")
Values = dict[str, str | bool]


def account_of(page: Page) -> str:
    """The public ID of the account whose page this is."""
    found = re.search(r"/a/(\w+)/", page.url)
    assert found, page.url
    return found[1]


def open_section(page: Page, section: str, tab: str = "") -> None:
    """By the side menu, then by the tab bar."""
    page.locator("#nav nav").get_by_role("link", name=section, exact=True).click()
    if tab:
        page.locator("nav.tabs").get_by_role("link", name=tab, exact=True).click()


def press_until(page: Page, selector: str, key: str = "Tab", most: int = 80) -> None:
    """`key` is pressed until the focus is on `selector`."""
    for _press in range(most):
        if page.locator(f"{selector}:focus").count():
            return
        page.keyboard.press(key)
    raise AssertionError(f"{most} times {key} never reach {selector} on {page.url}")


def read_card(page: Page, card: str) -> Values:
    """What stands in the fields of the form of `card`, by the controls' IDs."""
    values: Values = {}
    for control in page.locator(f"#{card} :is(input, select, textarea)[id]").all():
        kind = control.get_attribute("type")
        ticked = control.is_checked() if kind in ("checkbox", "radio") else control.input_value()
        values[control.get_attribute("id") or ""] = ticked
    return values


def fill_card(page: Page, card: str, values: Values) -> None:
    """The fields of `card` that are shown hold `values`; ticks first, they show other fields."""
    for name, value in sorted(values.items(), key=lambda item: isinstance(item[1], str)):
        control = page.locator(f"#{card} [id='{name}']")
        if isinstance(value, bool):
            if value:
                control.check()
            elif control.get_attribute("type") == "checkbox":
                control.uncheck()
        elif control.is_visible():
            fill(control, value)


def fill(control: Locator, value: str) -> None:
    if control.evaluate("control => control.tagName") == "SELECT":
        control.select_option(value)
    elif control.is_editable():
        control.fill(value)


def save_card(page: Page, card: str) -> None:
    page.locator(f"#{card} button.save").click()
    expect(page.locator(".note[role=status]").first).to_be_visible()


def same_hours_every_day(start: str, end: str) -> Values:
    """The hours card by the account's clock, `start` to `end` on every day of the week."""
    values: Values = {"id_hours_on": True, "id_hours_clock_1": True, "id_hol_mode": "same"}
    for row in ROWS:
        values |= {f"id_{row}_closed": False, f"id_{row}_from": start, f"id_{row}_to": end}
    return values


def closed_now(zone: str) -> Values:
    """Two hours a day, at least six hours away from now."""
    hour = datetime.now(ZoneInfo(zone)).hour
    return same_hours_every_day(*(("20:00", "22:00") if hour < 12 else ("04:00", "06:00")))


def send_a_test(page: Page, number: str, text: str) -> None:
    """From any page: the message is accepted and its own page is shown."""
    open_section(page, "Messages")
    page.locator("main a[href$='/messages/new/']").first.click()
    page.locator("#id_to").fill(number)
    page.locator("#id_text").fill(text)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("#story .bubble")).to_have_text(text)


def wait_for_state(page: Page, word: str, *, javascript: bool) -> None:
    """The page comes to say `word`: by itself, or by its Refresh without script."""
    badge = page.locator("#story .stands .bd").first
    if javascript:
        expect(badge).to_have_text(word, timeout=60_000)
        return
    until = time.monotonic() + 60
    while badge.inner_text().strip() != word and time.monotonic() < until:
        page.wait_for_timeout(500)
        page.get_by_role("link", name="Refresh", exact=True).click()
    expect(badge).to_have_text(word)


def make_key(page: Page, name: str, password: str) -> str:
    """From the list of keys; the secret, and the page that shows it."""
    page.get_by_role("link", name="New key").first.click()
    page.locator("#id_name").fill(name)
    give_password(page, password)
    page.get_by_role("button", name="Create the key").click()
    secret = page.locator("#key-secret").input_value()
    assert len(secret) >= 20
    return secret


def give_password(page: Page, password: str) -> None:
    """Where it is asked for: of who signed in more than 15 minutes ago."""
    if page.locator("#id_password").count():
        page.locator("#id_password").fill(password)


def revoke_key(page: Page, name: str, password: str) -> None:
    """From any page of the account: the key works no more."""
    open_section(page, "API settings", "API")
    page.get_by_role("link", name=f"Revoke {name}").click()
    page.locator("#id_sure").check()
    give_password(page, password)
    page.locator("main button.danger").click()
    expect(page.locator(".note[role=status]").first).to_be_visible()
    expect(page.get_by_role("link", name=f"Revoke {name}")).to_have_count(0)


def have_a_webhook(page: Page, account: str) -> None:
    """`account` has a paused webhook with one delivery, to a host that does not exist."""
    address = f"/a/{account}/api/webhooks/"
    page.goto(address)
    if page.locator("#deliveries .del li").count():
        return
    page.locator("#id_url").fill("https://hub.maison-verdier.example/events")
    set_webhook(page, address, "active")
    page.locator(f"form[action='{address}test/'] button").click()
    reload_until(page, address, "#deliveries .del li")
    set_webhook(page, address, "paused")


def reload_until(page: Page, address: str, selector: str) -> None:
    """The page at `address` has `selector`: a worker has done what was asked."""
    until = time.monotonic() + 30
    page.goto(address)
    while not page.locator(selector).count() and time.monotonic() < until:
        page.wait_for_timeout(500)
        page.goto(address)
    expect(page.locator(selector).first).to_be_visible()


def set_webhook(page: Page, address: str, state: str) -> None:
    page.locator(f"input[name=state][value={state}]").check()
    page.locator("#webhook button.save").click()
    page.wait_for_load_state()
    page.goto(address)
    expect(page.locator(f"input[name=state][value={state}]")).to_be_checked()


def have_a_template(page: Page, account: str) -> str:
    """`account` has a template of messages: its ID."""
    address = f"/a/{account}/templates/"
    page.goto(address)
    mine = page.locator(f"main tbody a[href^='{address}']")
    if not mine.count():
        page.goto(f"{address}new/")
        page.locator("#id_name").fill("Retrait")
        page.locator("#id_text").fill("Votre commande vous attend.")
        page.locator("#template button.save").click()
        page.wait_for_url(lambda url: "/new/" not in url)
        page.goto(address)
    return (mine.first.get_attribute("href") or "").removeprefix(address).strip("/")
