"""Pages as people see them, watched: any error, refusal or foreign address is trouble."""

from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response

from tests.running import Running

PATIENCE_MS = 30_000
# Chromium repeats a bad status on the console; the answer itself is judged.
REPEATED = "Failed to load resource"
# The person went on before the answer came.
LEFT = "net::ERR_ABORTED"


class Visits:
    """Opens pages, each in a context of its own, and notes what goes wrong in them."""

    def __init__(self, site: Running, browser: Browser, states: dict[str, Any]) -> None:
        self.site = site
        self.browser = browser
        self.states = states
        self.trouble: list[str] = []
        self.expected: set[int] = set()
        self._pages: list[Page] = []

    def expects(self, *statuses: int) -> None:
        """These statuses, 400 or above, are no trouble in this test."""
        self.expected.update(statuses)

    def signed_in(self, user: str, **look: Any) -> Page:
        """A page of `user` (an email's part before the @). `look`: see `open`."""
        if user not in self.states:
            page = self.open()
            self.sign_in(page, user)
            self.states[user] = page.context.storage_state()
            page.context.close()
        return self.open(state=self.states[user], **look)

    def sign_in(self, page: Page, user: str) -> None:
        page.goto("/accounts/login/")
        email, password = self.credentials(user)
        page.locator("#id_login").fill(email)
        page.locator("#id_password").fill(password)
        page.locator("main button[type=submit]").click()
        self.enter(page)

    def enter(self, page: Page) -> None:
        """Signed in, in English again: signing in has put the person's own language there."""
        page.wait_for_url(lambda url: "/login/" not in url)
        self.choose(page.context, hub_language="en")

    def credentials(self, user: str) -> tuple[str, str]:
        found = next(
            one for one in self.site.demo["users"] if one["email"].partition("@")[0] == user
        )
        return found["email"], found["password"]

    def open(
        self,
        *,
        language: str = "en",
        theme: str = "light",
        javascript: bool = True,
        width: int = 1440,
        state: Any = None,
    ) -> Page:
        """A blank page of a browser that has made its choices; addresses may be paths."""
        context = self.browser.new_context(
            base_url=self.site.base_url,
            viewport={"width": width, "height": 900},
            java_script_enabled=javascript,
            reduced_motion="reduce",
            locale=language,
            storage_state=state,
        )
        self.choose(context, hub_language=language, hub_theme=theme)
        context.set_default_timeout(PATIENCE_MS)
        context.on("console", self._hear)
        context.on("weberror", lambda error: self.trouble.append(f"script: {error.error}"))
        context.on("request", self._see_request)
        context.on("requestfailed", self._see_failure)
        context.on("response", self._see_response)
        page = context.new_page()
        self._pages.append(page)
        return page

    def choose(self, context: BrowserContext, **choices: str) -> None:
        """The browser holds these choices from the next page on."""
        context.add_cookies(
            [
                {"name": name, "value": value, "url": self.site.base_url}
                for name, value in choices.items()
            ]
        )

    def close(self) -> None:
        for page in self._pages:
            page.context.close()

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(REPEATED):
            self.trouble.append(f"console: {message.text} ({message.location.get('url')})")

    def _see_request(self, request: Request) -> None:
        address = urlsplit(request.url)
        ours = address.netloc == urlsplit(self.site.base_url).netloc
        if not ours and address.scheme not in ("data", "blob"):
            self.trouble.append(f"foreign: {request.url}")

    def _see_failure(self, request: Request) -> None:
        if request.failure != LEFT:
            self.trouble.append(f"failed: {request.url} {request.failure}")

    def _see_response(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.expected:
            self.trouble.append(f"{response.status}: {response.request.method} {response.url}")
