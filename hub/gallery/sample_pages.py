"""Whole pages in states that are hard to meet: the pages' own templates, with sample things."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any, Final, NamedTuple

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms import WhyForm
from accounts.general_cards import NAME
from accounts.job_kinds import KINDS
from accounts.jobs import KEPT, OPEN, REMEMBERED
from accounts.models import Account, AccountRequest, Job
from hub.demo.cast import PEOPLE, STAFF
from hub.gallery import sample_api, sample_cards, sample_dashboard, sample_messages, sample_people
from hub.lib.forms import Problem
from hub.lib.ids import uuid7

REFERENCE: Final = "7QK2M9XD"
# A sample changes by itself on no day.
NEVER: Final = 86_400
Context = Callable[[Account], dict[str, Any]]


class Whole(NamedTuple):
    """A page of the gallery. `key` is its address, `told` says when it is met; `under` names the
    console page it stands under, "" for a page before or beside the console."""

    key: str
    told: Promise
    template: str
    under: str
    context: Context


def _nothing(account: Account) -> dict[str, Any]:
    return {}


def _job(state: str, account: Account) -> dict[str, Any]:
    now = timezone.now()
    job = Job(
        id=uuid7(),
        kind="activity",
        state=state,
        name=f"activity-{account.public_id}.csv",
        asked={"format": "csv", "filters": {}},
        done=0 if state == Job.State.WAITING else 21_000,
        total=34_210,
        error=REFERENCE,
        person_label=PEOPLE[0].name,
        created_at=now,
        finished_at=now,
        expires_at=now + KEPT,
    )
    return {
        "job": job,
        "kind": KINDS[job.kind],
        "words": KINDS[job.kind].words(job.total, job.total),
        "again": "#main",
        "has_file": state == Job.State.DONE,
        "remembered": REMEMBERED,
        "poll": NEVER if state in OPEN else None,
        "home": "#main",
    }


def _erased(account: Account) -> dict[str, Any]:
    return {**_job(Job.State.DONE, account), "has_file": False}


def _general(
    account: Account, *, asked: str = "", allowed: bool = False, **given: Any
) -> dict[str, Any]:
    """Account · General; `asked` is the state of what was asked of staff."""
    now, kinds = timezone.now(), AccountRequest.Kind
    request = AccountRequest(
        kind=kinds.DUPLICATES_OFF if allowed and asked == "requested" else kinds.DUPLICATES_ON,
        state=asked,
        requested_by=PEOPLE[0].name,
        requested_at=now,
        decided_by=STAFF.name,
        decided_at=now,
        reason=_("It is set so already."),
    )
    account.duplicate_contacts = allowed
    return {
        "cards": {"name": sample_cards.of_kind(NAME, account, {"name": account.name})},
        "asked": request if asked else None,
        "waiting": asked == AccountRequest.State.REQUESTED,
        "why_form": WhyForm(),
        **given,
    }


def _overtaken(account: Account) -> dict[str, Any]:
    """409: somebody else was first, and both values stand there."""
    told = _("%(card)s: changed meanwhile. Nothing was saved; choose which values to keep.")
    clash = sample_cards.clash([(_("Name"), account.name, "Verdier & Fils")])
    mine = {"name": "Verdier & Fils"}
    card = sample_cards.of_kind(NAME, account, mine, clash=clash)
    problem = Problem("name-clash", told % {"card": NAME.title})
    return _general(account, problems=[problem], invalid=True, cards={card.id: card})


def _in_state(state: str, account: Account) -> dict[str, Any]:
    account.state, account.closes_at = state, timezone.now() + timedelta(days=14)
    return _general(account)


def _with_one_below(account: Account) -> dict[str, Any]:
    return _general(account, below=["Atelier Sud"])


def _owners(account: Account) -> dict[str, Any]:
    return {"owners": [PEOPLE[0].name]}


def _reference(account: Account) -> dict[str, Any]:
    return {"reference": REFERENCE}


Told = dict[str, tuple[Promise, Context]]


def _of(template: str, under: str, told: Told) -> list[Whole]:
    return [Whole(key, words, template, under, context) for key, (words, context) in told.items()]


DASHBOARD: Final[Told] = {
    "dashboard": (gettext_lazy("Everything needs somebody"), sample_dashboard.dashboard),
    "quiet": (gettext_lazy("Nothing was sent yet"), sample_dashboard.quiet),
}
LIST: Final[Told] = {
    "messages": (gettext_lazy("A message in every state"), sample_messages.message_list),
}
STORIES: Final[Told] = {
    "delivered": (
        gettext_lazy("A message held for the night, then delivered"),
        sample_messages.delivered,
    ),
    "held": (gettext_lazy("A message that waits"), sample_messages.held),
    "refused": (gettext_lazy("A test message that was refused"), sample_messages.refused),
}
CHECKS: Final[Told] = {
    "check": (gettext_lazy("A message was checked only"), sample_messages.checked_one),
    "checks": (gettext_lazy("Several messages were checked only"), sample_messages.checked_several),
}
KEYS: Final[Told] = {"keys": (gettext_lazy("Keys in every state"), sample_api.keys)}
KEY: Final[Told] = {"key_created": (gettext_lazy("A key was made"), sample_api.key_created)}
WEBHOOK: Final[Told] = {"webhook": (gettext_lazy("A webhook that fails"), sample_api.webhook)}
SECRET: Final[Told] = {"secret": (gettext_lazy("A signing secret was replaced"), sample_api.secret)}
JOBS: Final[Told] = {
    "job_waiting": (gettext_lazy("An export waits"), partial(_job, Job.State.WAITING)),
    "job_running": (gettext_lazy("An export is being written"), partial(_job, Job.State.RUNNING)),
    "job_ready": (gettext_lazy("An export is ready"), partial(_job, Job.State.DONE)),
    "job_erased": (gettext_lazy("An export was erased"), _erased),
    "job_cancelled": (gettext_lazy("An export was cancelled"), partial(_job, Job.State.CANCELLED)),
    "job_failed": (gettext_lazy("An export failed"), partial(_job, Job.State.FAILED)),
}
GENERAL: Final[Told] = {
    "asked": (
        gettext_lazy("Duplicate contacts were asked for"),
        partial(_general, asked="requested"),
    ),
    "not_allowed": (
        gettext_lazy("Duplicate contacts were refused"),
        partial(_general, asked="refused"),
    ),
    "allowed": (
        gettext_lazy("Duplicate contacts were allowed"),
        partial(_general, asked="approved", allowed=True),
    ),
    "clash": (gettext_lazy("Two people changed a name at once"), _overtaken),
    "below": (gettext_lazy("An account with one below it"), _with_one_below),
    "suspended": (gettext_lazy("A suspended account"), partial(_in_state, Account.State.SUSPENDED)),
    "closing": (
        gettext_lazy("An account that is being closed"),
        partial(_in_state, Account.State.CLOSING),
    ),
}
HOURS: Final[Told] = {
    "hours_wrong": (gettext_lazy("A day of the hours is wrong"), sample_cards.hours_wrong),
    "hours_several": (
        gettext_lazy("A day of the hours has several stretches"),
        sample_cards.hours_several,
    ),
}
LOG: Final[Told] = {"log": (gettext_lazy("Entries of every look"), sample_people.log)}
ACCOUNTS: Final[Told] = {"accounts": (gettext_lazy("Somebody works in two accounts"), _nothing)}
SESSIONS: Final[Told] = {
    "sessions": (gettext_lazy("Somebody is signed in twice"), sample_people.sessions)
}
ERRORS: Final[Told] = {
    "400": (gettext_lazy("The browser sent what no page sends"), _nothing),
    "403": (gettext_lazy("A role that may not"), _owners),
    "403_csrf": (gettext_lazy("A form that is too old"), _nothing),
    "404": (gettext_lazy("An address there is not"), _nothing),
    "429": (gettext_lazy("Too many tries"), _nothing),
    "500": (gettext_lazy("A mistake of ours"), _reference),
}
NOT_CHANGED: Final[Told] = {
    "not_changed": (gettext_lazy("A change to an account that is being closed"), _nothing)
}
WHOLE: Final = (
    *_of("hub/dashboard.html", "dashboard", DASHBOARD),
    *_of("messaging/list.html", "messages", LIST),
    *_of("messaging/detail.html", "messages", STORIES),
    *_of("messaging/new.html", "messages", CHECKS),
    *_of("apisettings/keys.html", "api_keys", KEYS),
    *_of("apisettings/key_created.html", "api_keys", KEY),
    *_of("apisettings/webhook.html", "api_webhooks", WEBHOOK),
    *_of("apisettings/webhook_secret.html", "api_webhooks", SECRET),
    *_of("accounts/job.html", "account_activity", JOBS),
    *_of("accounts/general.html", "account_general", GENERAL),
    *_of("senders/settings.html", "numbers_settings", HOURS),
    *_of("accounts/closing.html", "account_general", NOT_CHANGED),
    *_of("accounts/activity.html", "account_activity", LOG),
    *_of("accounts/list.html", "", ACCOUNTS),
    *_of("users/sessions.html", "", SESSIONS),
    *(Whole(key, told, f"{key}.html", "", context) for key, (told, context) in ERRORS.items()),
)
BY_KEY: Final = {one.key: one for one in WHOLE}
