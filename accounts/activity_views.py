"""Console · Account · Activity log: the page and its exports."""

from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Final, cast

from django.http import HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_safe

from accounts.access import ConsoleRequest, console
from accounts.activity import Came, Filters, read_page
from accounts.activity_export import csv_lines, jsonl_lines, note_export
from accounts.activity_form import FilterForm
from accounts.activity_page import LogPage
from accounts.activity_words import ValueWords
from accounts.models import Membership
from hub.lib.forms import problems
from hub.lib.htmx import answer

Lines = Callable[..., Iterator[bytes]]
EXPORTS: Final[dict[str, tuple[Lines, str]]] = {
    "csv": (csv_lines, "text/csv; charset=utf-8"),
    "jsonl": (jsonl_lines, "application/jsonl; charset=utf-8"),
}
MOST_MEMBERS: Final = 200


@console("account.view")
@require_safe
def activity(request: ConsoleRequest, *, value_words: ValueWords) -> HttpResponse:
    """A page of the log, newest first; the address holds its filters."""
    form = _form(request)
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


@console("account.view")
@require_GET
def export(request: ConsoleRequest, *, name: str) -> HttpResponse:
    """The log, narrowed as the page was, as a file; at most 50,000 entries. Itself an entry."""
    form = _form(request)
    filters: Filters = form.filters()
    if form.errors:
        return HttpResponse(status=HTTPStatus.UNPROCESSABLE_ENTITY)
    lines, kind = EXPORTS[name]
    note_export(request.account, actor=request.actor, filters=filters, name=name)
    zone = timezone.get_current_timezone_name()
    content = lines(request.account, filters, get_language() or "en", zone)
    response = StreamingHttpResponse(content, content_type=kind)
    today = timezone.localdate().isoformat()
    file = f"activity-{request.account.public_id}-{today}.{name}"
    response["Content-Disposition"] = f'attachment; filename="{file}"'
    response["Cache-Control"] = "no-store"
    # Django's types do not say that a stream may stand for an answer.
    return cast(HttpResponse, response)


def _form(request: ConsoleRequest) -> FilterForm:
    members = Membership.objects.select_related("user").filter(account=request.account)
    return FilterForm(request.GET, members=list(members.order_by("user__name")[:MOST_MEMBERS]))


def _asked(request: ConsoleRequest) -> tuple[Came, str]:
    newer, older = request.GET.get("newer", ""), request.GET.get("older", "")
    if newer:
        return "newer", newer
    return ("older", older) if older else ("first", "")
