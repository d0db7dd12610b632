"""The letters about a job that is over, to the one who asked: they may have left its page."""

from collections.abc import Callable
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.letters import Letter, Reader, absolute, members_who_may, when_for, write_to
from accounts.models import Account, Job

# Who may not any more cannot open the job's page either.
NEEDED: Final = "account.view"


def tell_who_asked(job: Job, write: Callable[[Account, Job, Reader], Letter]) -> None:
    """A step of the job's end: a letter to who asked for it, if they may still open its page."""
    account = Account.objects.get(pk=job.account_id)
    asked = [one for one in members_who_may(account, NEEDED) if str(one.id) == job.person_id]
    write_to(asked, lambda to: write(account, job, to))


def ready_letter(account: Account, job: Job, to: Reader, *, words: Callable[[], str]) -> Letter:
    """The file can be fetched, and until when. `words` say how much is in it."""
    assert job.expires_at is not None
    told = _(
        "The file you asked for on %(asked)s is ready. It is kept until %(until)s, then erased."
    )
    times = {
        "asked": when_for(to, job.created_at, account, "long"),
        "until": when_for(to, job.expires_at, account, "long"),
    }
    return Letter(
        subject=_("%(name)s: your file is ready") % {"name": account.name},
        lines=[told % times],
        facts=[(_("File name"), job.name), (_("Content"), words())],
        button=(_("Get the file"), _page(account, job)),
        why=_why(account),
    )


def failed_letter(account: Account, job: Job, to: Reader) -> Letter:
    """The file could not be made, and under which reference the log tells why."""
    asked = when_for(to, job.created_at, account, "long")
    told = _("The file you asked for on %(asked)s could not be made, and the mistake is ours.")
    return Letter(
        subject=_("%(name)s: your file could not be made") % {"name": account.name},
        lines=[
            told % {"asked": asked},
            _("Make it again; if it fails again, give the reference to support."),
        ],
        facts=[(_("File name"), job.name), (_("Reference"), job.error)],
        button=(_("Make it again"), _page(account, job)),
        why=_why(account),
    )


def _page(account: Account, job: Job) -> str:
    return absolute(reverse("console:account_job", args=[account.public_id, job.pk]))


def _why(account: Account) -> str:
    return _("You get this letter because you asked for a file of %(name)s (%(id)s).") % {
        "name": account.name,
        "id": account.public_id,
    }
