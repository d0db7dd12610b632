"""What jobs there are, and their words."""

from typing import Final
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from accounts import activity_export
from accounts.jobs import JobKind
from accounts.models import Account, Job
from hub.lib.money import show_number


def entries(done: int, total: int) -> str:
    """ "12,000 of 34,000 entries", "34,000 entries"."""
    words = (
        ngettext("%(done)s of %(total)s entry", "%(done)s of %(total)s entries", total)
        if done < total
        else ngettext("%(total)s entry", "%(total)s entries", total)
    )
    language = get_language() or "en"
    return words % {"done": show_number(done, language), "total": show_number(total, language)}


def export_again(account: Account, job: Job) -> str:
    asked = job.asked
    address = reverse(f"console:account_activity_{asked['format']}", args=[account.public_id])
    return f"{address}?{urlencode(asked['filters'])}" if asked["filters"] else address


KINDS: Final = {
    activity_export.KIND: JobKind(
        work=activity_export.pieces,
        words=entries,
        title=_("Export of the activity log"),
        content_type=lambda job: activity_export.FORMATS[job.asked["format"]].content_type,
        home="account_activity",
        home_label=_("Activity log"),
        again=export_again,
    )
}
