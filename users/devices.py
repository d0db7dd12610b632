"""Browsers and systems in the reader's words."""

from django.utils.translation import gettext as _

from hub.lib.devices import browser_of, system_of


def device_words(user_agent: str) -> str:
    """ "Firefox on Linux"; "Unknown browser" when it says nothing we know."""
    browser, system = browser_of(user_agent), system_of(user_agent)
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("Unknown browser")
