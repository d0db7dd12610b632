"""Every page there is, with the demo's things in its address and who may look at it."""

from typing import Final

from django.urls import reverse

from hub.gallery.sample_pages import WHOLE
from tests.browser.stops import Stop
from tests.running import Running
from tests.test_walls import NEEDS_MORE, PAGES, Address

OWNER, READER, STAFF, NOBODY = "camille.roux", "oliver.grant", "support", ""
ANONYMOUS: Final = (
    "account_login", "account_signup", "account_reset_password", "account_inactive", "help",
)  # fmt: skip
OWN: Final = (
    "account_list",
    "open_account",
    "profile",
    "sessions",
    "account_email",
    "account_change_password",
    "account_logout",
    "account_reauthenticate",
    "mfa_index",
    "mfa_activate_totp",
)
OURS: Final = ("operations", "ui", "ui_cards", "ui_pages", "ui_confirm", "ui_emails")
# Of these the tour opens some, which stand for all.
OF_MANY: Final = ("ui_email", "ui_page")
ONE_OF_EACH_STATE: Final = """
SELECT DISTINCT ON (state) id::text FROM messaging_message
WHERE state IN ('scheduled', 'delivered', 'failed', 'rejected', 'unknown')
AND account_id = (SELECT id FROM accounts_account WHERE public_id = %s)
ORDER BY state, id
"""
LATER: Final = """
SELECT id::text FROM messaging_message WHERE state IN ('scheduled', 'held')
AND account_id = (SELECT id FROM accounts_account WHERE public_id = %s) LIMIT 1
"""
JOB: Final = """
SELECT id::text FROM accounts_job
WHERE account_id = (SELECT id FROM accounts_account WHERE public_id = %s) LIMIT 1
"""
# A browser saves these; it does not show them.
DOWNLOADS: Final = frozenset(
    {
        "console:account_activity_csv", "console:account_activity_jsonl",
        "console:account_job_file",
    }
)  # fmt: skip
# Whole pages of the gallery of which the tour sees the like on the running Hub.
SEEN: Final = frozenset(
    {
        "403", "404", "clash", "not_changed", "closing", "key_created", "secret", "delivered",
        "held", "refused", "check", "messages", "accounts", "sessions", "log",
    }
)  # fmt: skip
# Doors for POST alone are found out by a thing that does not exist.
NOTHING: Final = "00000000-0000-7000-8000-000000000000"
# What must be in the query for the page to have something to ask.
QUERIES: Final = {"console:numbers_limit_zero": "?limit_day=0&over_limit=hold&version=1"}


def every_stop(site: Running, template: str, *, samples: bool = False) -> list[Stop]:
    """The whole tour; `template` is the ID of one of the company's, `samples` asks for the states
    that only the gallery shows."""
    return [
        *_anonymous(),
        *_of_the_account(site, template),
        *_own(),
        *(_samples() if samples else []),
        *_variants(site),
        *_refused(site),
    ]


def _anonymous() -> list[Stop]:
    return [Stop(name, reverse(name), NOBODY) for name in ANONYMOUS]


def _own() -> list[Stop]:
    mine = [Stop(name, reverse(name), OWNER) for name in OWN]
    ours = [Stop(name, reverse(name), STAFF) for name in OURS]
    letter = Stop("ui_email", reverse("ui_email", args=["closing"]), STAFF)
    return [*mine, *ours, letter]


def _samples() -> list[Stop]:
    """The gallery's whole pages: states that a running Hub is not easily brought to."""
    paths = [reverse("ui_page", args=[one.key]) for one in WHOLE if one.key not in SEEN]
    return [Stop("ui_page", path, STAFF, variant=True) for path in paths]


def _of_the_account(site: Running, template: str) -> list[Stop]:
    account = _accounts(site)[0]
    stops = []
    for address in PAGES:
        if address.name in NEEDS_MORE or address.name in DOWNLOADS:
            continue
        for number, params in enumerate(_filled(address, site, account, template)):
            path = reverse(address.name, kwargs=params) + QUERIES.get(address.name, "")
            stops.append(Stop(address.name, path, OWNER, variant=number > 0))
    return stops


def _filled(address: Address, site: Running, account: str, template: str) -> list[dict[str, str]]:
    """The parameters of `address`; several times for messages, one of each state."""
    if "job_id" in address.params:
        jobs = site.system(JOB, account)
        return [{"account_id": account, "job_id": row[0]} for row in jobs]
    if "message_id" in address.params:
        query = ONE_OF_EACH_STATE if address.name == "console:message" else LATER
        ids = [row[0] for row in site.system(query, account)]
        return [{"account_id": account, "message_id": id_} for id_ in ids]
    keys = {key["account"]: key["key"] for key in site.demo["api_keys"]}
    known = {
        "account_id": account,
        "template_id": template,
        "key_id": keys[account],
        "delivery_id": NOTHING,
        "entry_id": NOTHING,
    }
    unknown = [name for name in address.params if name not in known]
    assert not unknown, f"say here what stands for {unknown} of {address.name}"
    return [{name: known[name] for name in address.params}]


def _variants(site: Running) -> list[Stop]:
    """Pages that look otherwise for a filter, a proposal, another account or a reader."""
    parent, child = _accounts(site)[:2]
    return [
        Stop("a list of one state", _page("messages", parent) + "?state=failed", OWNER),
        Stop("a list of nothing", _page("messages", parent) + "?number=%2B33612000000", OWNER),
        Stop("a filter misread", _page("messages", parent) + "?first=x", OWNER, 422),
        Stop("hours proposed", _page("numbers_settings", parent) + "?preset=fr", OWNER),
        Stop("limits at work", _page("numbers_settings", child), OWNER),
        Stop("what waits", _page("messages", child) + "?state=waiting", OWNER),
        # An account with open ones below it has no such page.
        Stop("closing", _page("account_close", child), OWNER),
        Stop("settings to read", _page("numbers_settings", parent), READER),
    ]


def _refused(site: Running) -> list[Stop]:
    parent = _accounts(site)[0]
    return [
        Stop("403", _page("billing_invoices", parent), READER, 403),
        Stop("404", "/nowhere/", OWNER, 404),
    ]


def _page(name: str, account: str) -> str:
    return reverse(f"console:{name}", kwargs={"account_id": account})


def _accounts(site: Running) -> list[str]:
    return [account["id"] for account in site.demo["accounts"]]
