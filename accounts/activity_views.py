"""Console · Account · Activity log: the page and its exports."""

from http import HTTPStatus
from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import ConsoleRequest, console
from accounts.activity import Came, Filters, count_all, read_page
from accounts.activity_export import (
    FORMATS,
    MOST_AT_ONCE,
    Reader,
    begin_export,
    file_name,
    lines,
    note_export,
)
from accounts.activity_form import FilterForm
from accounts.activity_page import LogPage
from accounts.activity_words import ValueWords
from accounts.job_views import download, see_other
from accounts.jobs import TooManyJobs
from accounts.models import Membership
from hub.lib.forms import problems
from hub.lib.parts import answer

MOST_MEMBERS: Final = 200


@console("account.view")
@require_safe
def activity(request: ConsoleRequest, *, value_words: ValueWords) -> HttpResponse:
    """A page of the log, newest first; the address holds its filters."""
    return _page(request, _form(request), value_words)


def _page(request: ConsoleRequest, form: FilterForm, value_words: ValueWords) -> HttpResponse:
    filters = form.filters()
    came, cursor = _asked(request)
    found = read_page(request.account, filters, cursor=cursor, came=came)
    page = LogPage(request.account, request.GET, filters, found, value_words)
    context = {
        "page": page,
        "days": page.days(),
        "chips": page.chips(form),
        "filter_form": form,
        "problems": problems(form),
        "invalid": bool(form.errors),
        "starts": came == "first",
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return answer(request, "accounts/activity.html", context, status=status)


@console("account.view", while_closing=True)
@require_POST
def export(request: ConsoleRequest, *, name: str, value_words: ValueWords) -> HttpResponse:
    """The log, narrowed as the address says, as a file; at most 50,000 entries. Itself an entry.

    A long one leads to the page of the job that makes it; filters that cannot be read, to the
    page of the log.
    """
    form = _form(request)
    filters: Filters = form.filters()
    if form.errors:
        return _page(request, form, value_words)
    reader = Reader(get_language() or "en", timezone.get_current_timezone_name())
    total = count_all(request.account, filters)
    if total > MOST_AT_ONCE:
        return _begin(request, filters, name, total, reader)
    note_export(request.account, actor=request.actor, filters=filters, name=name)
    content = lines(request.account, filters, name, reader)
    return download(content, file_name(request.account, name), FORMATS[name].content_type)


def _begin(
    request: ConsoleRequest, filters: Filters, name: str, total: int, reader: Reader
) -> HttpResponse:
    account = request.account
    try:
        job = begin_export(
            account, actor=request.actor, filters=filters, name=name, total=total, reader=reader
        )
    except TooManyJobs:
        messages.warning(
            request, _("Two files are being made already. Wait for one, or cancel it.")
        )
        return see_other(reverse("console:account_activity", args=[account.public_id]))
    return see_other(reverse("console:account_job", args=[account.public_id, job.pk]))


def _form(request: ConsoleRequest) -> FilterForm:
    members = Membership.objects.select_related("user").filter(account=request.account)
    return FilterForm(request.GET, members=list(members.order_by("user__name")[:MOST_MEMBERS]))


def _asked(request: ConsoleRequest) -> tuple[Came, str]:
    newer, older = request.GET.get("newer", ""), request.GET.get("older", "")
    if newer:
        return "newer", newer
    return ("older", older) if older else ("first", "")
