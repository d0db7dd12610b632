"""Somebody made for one walk: the pages one meets once, or only with a sign-in one may change.

They sign up, open an account, turn on two-step sign-in, forget their password and close the
account. Nothing of the demo is touched.
"""

import re
import secrets
import time
from collections.abc import Callable, Iterator
from typing import Final

from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.urls import reverse
from playwright.sync_api import Page, expect

from tests.browser import steps
from tests.browser.stops import Stop
from tests.running import Running

PASSWORD: Final = "long-enough-for-a-walk"
NAME: Final = "Les Marcheurs"
# Pages of somebody with two-step sign-in, which need no more than to be opened.
TWO_STEPS: Final = (
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_deactivate_totp",
    "mfa_reauthenticate",
)
# The addresses of this journey; its other stops are states of pages that the tour visits anyway.
MET: Final = (
    *TWO_STEPS,
    "account_email_verification_sent",
    "account_confirm_email",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "mfa_authenticate",
    "console:api_key_created",
)


class Newcomer:
    """One person with one page. Each of the walks yields a stop when its page is open."""

    def __init__(self, page: Page, site: Running) -> None:
        self.page, self.site = page, site
        self.email = f"walk-{secrets.token_hex(6)}@marcheurs.example"
        self.account = ""

    def walk(self) -> Iterator[Stop]:
        yield from self._sign_up()
        yield from self._once()
        yield from self._turned_away()
        yield from self._two_steps()
        yield from self._forgets()

    def _sign_up(self) -> Iterator[Stop]:
        self._goto("account_signup")
        self._send({"email": self.email, "password1": PASSWORD})
        yield self._here("account_email_verification_sent")
        self.page.goto(self.letter_link("confirm-email"))
        yield self._here("account_confirm_email")
        self._send({})
        self._sign_in()
        self._goto("open_account")
        self.page.locator("#id_country").select_option("FR")
        self.page.locator("#id_time_zone").select_option("Europe/Paris")
        self._send({"name": NAME})
        self.page.wait_for_url("**/a/*/")
        self.account = steps.account_of(self.page)

    def _once(self) -> Iterator[Stop]:
        """What is shown once."""
        page = self.page
        self._goto("console:api_key_new")
        self._send({"name": "walk"})
        expect(page.locator("#key-secret")).to_be_visible()
        yield self._here("console:api_key_created")
        self._goto("console:api_webhooks")
        page.locator("#id_url").fill("https://hub.marcheurs.example/events")
        page.locator("#webhook button.save").click()
        expect(page.locator("#signing-secret")).to_be_visible()
        yield self._here("a signing secret made")

    def _turned_away(self) -> Iterator[Stop]:
        """What was sent and not saved: wrong, overtaken, and after the end."""
        page = self.page
        self._goto("console:template_new")
        self._save(page, name="")
        expect(page.locator("#template.err")).to_be_visible()
        yield self._here("422")
        template = steps.have_a_template(page, self.account)
        address = reverse("console:template", args=[self.account, template])
        page.goto(address)
        self._meanwhile(address, lambda other: self._save(other, name="Retrait en boutique"))
        self._save(page, name="Retrait express")
        expect(page.locator("#template-clash")).to_be_visible()
        yield self._here("409")
        page.goto(address)
        self._meanwhile(self._address("console:account_close"), self._close)
        self._save(page, name="Retrait express")
        expect(page.locator("#template")).to_have_count(0)
        yield self._here("409 of an account that closes")

    def _two_steps(self) -> Iterator[Stop]:
        page = self.page
        self._goto("mfa_activate_totp")
        if page.locator("#id_password").count():  # following a link is no proof of the password
            self._send({"password": PASSWORD})
        secret = page.locator("#authenticator_secret").input_value()
        counter = next(yield_hotp_counters_from_time())
        self._send({"code": format_hotp_value(hotp_value(secret, counter))})
        page.wait_for_url(lambda url: "activate" not in url)
        for name in TWO_STEPS:
            self._goto(name)
            yield self._here(name)
        self._goto("account_logout")
        self._send({})

    def _forgets(self) -> Iterator[Stop]:
        page = self.page
        self._goto("account_reset_password")
        self._send({"email": self.email})
        yield self._here("account_reset_password_done")
        page.goto(self.letter_link("password/reset/key"))
        yield self._here("account_reset_password_from_key")
        self._send({"password1": PASSWORD[::-1], "password2": PASSWORD[::-1]})
        expect(page.locator("#id_password1")).to_have_count(0)
        self._goto("account_reset_password_from_key_done")
        yield self._here("account_reset_password_from_key_done")
        self._goto("account_login")
        self._send({"login": self.email, "password": PASSWORD[::-1]})
        expect(page.locator("#id_code")).to_be_visible()
        yield self._here("mfa_authenticate")

    def _here(self, name: str) -> Stop:
        """What is open is in the journey's own words, and at its address if it has one."""
        path = self.page.url.removeprefix(self.site.base_url)
        return Stop(name, path, self.email, variant=True)

    def _goto(self, name: str) -> None:
        self.page.goto(self._address(name))

    def _address(self, name: str) -> str:
        return reverse(name, args=[self.account] if name.startswith("console:") else [])

    def _send(self, fields: dict[str, str]) -> None:
        """The form of the page, filled in."""
        for name, value in fields.items():
            self.page.locator(f"main [name={name}]").fill(value)
        self.page.locator("main form .btn:is(.pri, .danger)").first.click()
        self.page.wait_for_load_state()

    def _sign_in(self) -> None:
        """By hand, where following the link did not do it."""
        if "/login/" in self.page.url:
            self._send({"login": self.email, "password": PASSWORD})

    def _save(self, page: Page, **fields: str) -> None:
        for name, value in fields.items():
            page.locator(f"#template [name={name}]").fill(value)
        page.locator("#template button.save").click()
        page.wait_for_load_state()

    def _close(self, other: Page) -> None:
        other.locator("#id_typed").fill(NAME)
        other.locator("#id_password").fill(PASSWORD)
        other.locator("main button.danger").click()
        expect(other.locator(".note[role=status]").first).to_be_visible()

    def _meanwhile(self, address: str, act: Callable[[Page], None]) -> None:
        """Something else happens in another tab."""
        other = self.page.context.new_page()
        other.goto(address)
        act(other)
        other.close()

    def letter_link(self, part: str) -> str:
        """The newest link with `part` in it that this person was sent."""
        wanted = re.compile(rf'https?://[^\s"<]+/{part}/[^\s"<]+')
        until = time.monotonic() + 30
        while time.monotonic() < until:
            letters = [file.read_text("utf-8") for file in (self.site.home / "mail").glob("*.log")]
            mine = [one for one in letters if f"To: {self.email}" in one]
            found = [link for letter in mine for link in wanted.findall(letter)]
            if found:
                return found[-1]
            self.page.wait_for_timeout(300)
        raise AssertionError(f"No letter with {part} came to {self.email}.")
