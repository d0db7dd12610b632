"""Every letter Hub sends, as the demo's owner would get it."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any, Final, NamedTuple

from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.job_kinds import KINDS
from accounts.job_letters import failed_letter, ready_letter
from accounts.jobs import KEPT
from accounts.letters import Letter, Reader, Rendered, absolute, render
from accounts.models import Account, Job
from accounts.notices import closed_letter, closing_letter, reopened_letter
from apisettings.letters import stopped_letter
from hub.demo.cast import PEOPLE
from hub.gallery import samples
from senders.limit_letters import NEARLY, REACHED, Full, limit_letter
from senders.meters import day_of, month_of
from users.letters import LETTERS

HOOK: Final = "https://hooks.maison-verdier.example/hub"
AGENT: Final = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
Write = Callable[[Reader], Letter]


class Sample(NamedTuple):
    """A letter of the gallery. `key` is its address, `when` says what makes Hub send it."""

    key: str
    when: str | Promise
    write: Write


def sample_reader(language: str) -> Reader:
    person = PEOPLE[0]
    return Reader(None, person.email, person.name, language, "Europe/Paris")


def every_sample() -> list[Sample]:
    """In the order in which a person may meet them."""
    return [*_of_sign_in(), *_of_closing(), *_of_limits(), *_of_jobs(), *_of_webhooks()]


def shown(sample: Sample, language: str) -> Rendered:
    """The letter as somebody reads it in `language`."""
    to = sample_reader(language)
    with translation.override(language):
        return render(sample.write(to), to)


def _of_sign_in() -> list[Sample]:
    return [
        Sample(prefix.rpartition("/")[2], told, _by_allauth(prefix))
        for prefix, told in SIGN_IN.items()
    ]


SIGN_IN: Final[dict[str, Promise]] = {
    "account/email/email_confirmation_signup": _("Somebody signs up"),
    "account/email/email_confirmation": _("An address is added to a sign-in"),
    "account/email/account_already_exists": _("Somebody signs up with an address that is known"),
    "account/email/password_reset_key": _("A password was forgotten"),
    "account/email/unknown_account": _("A password was forgotten for an address nobody has"),
    "account/email/password_reset": _("A forgotten password was replaced"),
    "account/email/password_changed": _("A password was changed"),
    "account/email/password_set": _("A first password was set"),
    "account/email/email_changed": _("The main address was changed"),
    "account/email/email_deleted": _("An address was removed"),
    "mfa/email/totp_activated": _("Two-step sign-in was turned on"),
    "mfa/email/totp_deactivated": _("Two-step sign-in was turned off"),
    "mfa/email/recovery_codes_generated": _("Recovery codes were made"),
}


def _by_allauth(prefix: str) -> Write:
    context: dict[str, Any] = {
        "email": PEOPLE[0].email,
        "from_email": PEOPLE[0].email,
        "to_email": f"direction@{PEOPLE[0].email.partition('@')[2]}",
        "deleted_email": PEOPLE[0].email,
        "activate_url": absolute(reverse("account_confirm_email", args=["Mw:1vN8Qk:example"])),
        "password_reset_url": absolute(reverse("account_reset_password")),
        "signup_url": absolute(reverse("account_signup")),
        "timestamp": timezone.now(),
        "ip": "192.0.2.7",
        "user_agent": AGENT,
    }
    return lambda to: LETTERS[prefix](context, to)


def _of_closing() -> list[Sample]:
    account = samples.account()
    account.closes_at = timezone.now() + timedelta(days=14)
    return [
        Sample("closing", _("An owner closes the account"), lambda to: closing_letter(account, to)),
        Sample("reopened", _("An owner reopens it"), lambda to: reopened_letter(account, to)),
        Sample(
            "closed", _("The days to reopen it are over"), lambda to: closed_letter(account, to)
        ),
    ]


def _of_limits() -> list[Sample]:
    account, now = samples.account(), timezone.now()
    day, month = day_of(account, now).key, month_of(account, now).key
    full = {
        "limit_nearly": Full(account.pk, month, 68_920, 80_000, NEARLY, "hold"),
        "limit_reached": Full(account.pk, day, 5_000, 5_000, REACHED, "discard"),
    }
    told = {
        "limit_nearly": _("Four fifths of a limit are used"),
        "limit_reached": _("A limit is reached"),
    }
    return [Sample(key, told[key], partial(_limit, account, one)) for key, one in full.items()]


def _limit(account: Account, full: Full, to: Reader) -> Letter:
    return limit_letter(account, full, timezone.now(), to)


def _of_jobs() -> list[Sample]:
    account, now = samples.account(), timezone.now()
    job = Job(kind="activity", name=f"activity-{account.public_id}.csv", done=34_210, total=34_210)
    job.created_at, job.expires_at, job.error = now, now + KEPT, "7QK2M9XD"
    words = partial(KINDS[job.kind].words, job.done, job.total)
    ready, failed = _("A job has made its file"), _("A job could not make its file")
    return [
        Sample("job_ready", ready, lambda to: ready_letter(account, job, to, words=words)),
        Sample("job_failed", failed, lambda to: failed_letter(account, job, to)),
    ]


def _of_webhooks() -> list[Sample]:
    account = samples.account()
    failing, gone = _("A webhook failed for a week"), _("A webhook answered 410")
    return [
        Sample("webhook_failing", failing, lambda to: stopped_letter(account, HOOK, False, to)),
        Sample("webhook_gone", gone, lambda to: stopped_letter(account, HOOK, True, to)),
    ]
