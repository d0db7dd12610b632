"""Console · Account · a job: how far it is, cancelling it, and the file it made."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Final, cast
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from accounts.access import ConsoleRequest, console
from accounts.job_kinds import KINDS
from accounts.job_runs import file_of
from accounts.jobs import OPEN, REMEMBERED, cancel_job, has_file
from accounts.models import Job
from hub.lib.parts import answer, wants_part

POLL_SECONDS: Final = 2


@console("account.view")
@never_cache
@require_safe
def job(request: ConsoleRequest, job_id: UUID) -> HttpResponse:
    """How far the job is; until it is over, the page asks for its part again.

    `seen` names what the asker shows: 204 when nothing has changed since.
    """
    found = _found(request, job_id)
    seen = f"{found.state}-{found.done}"
    if wants_part(request) and request.GET.get("seen") == seen:
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    kind = KINDS[found.kind]
    request.stands_under = reverse(f"console:{kind.home}", args=[request.account.public_id])
    context = {
        "job": found,
        "kind": kind,
        "words": kind.words(found.done, found.total),
        "again": kind.again(request.account, found),
        "has_file": has_file(found),
        "remembered": REMEMBERED,
        "poll": POLL_SECONDS if found.state in OPEN else None,
        "seen": seen,
        "address": _address(request, "account_job", job_id),
        "home": request.stands_under,
    }
    return answer(request, "accounts/job.html", context, part="accounts/_job.html")


@console("account.view")
@require_POST
def cancel(request: ConsoleRequest, job_id: UUID) -> HttpResponse:
    """The job stops; back at its page."""
    _found(request, job_id)
    if not cancel_job(request.account, job_id, actor=request.actor):
        messages.info(request, _("Too late to cancel: it was over already."))
    return HttpResponse(
        status=HTTPStatus.FOUND, headers={"Location": _address(request, "account_job", job_id)}
    )


@console("account.view")
@require_GET
def file(request: ConsoleRequest, job_id: UUID) -> HttpResponse:
    """The file, while it is kept; else the job's page says what became of it."""
    found = _found(request, job_id)
    if not has_file(found):
        return see_other(_address(request, "account_job", job_id))
    kind = KINDS[found.kind].content_type(found)
    return download(file_of(request.account, job_id), found.name, kind)


def download(content: Iterator[bytes], name: str, kind: str) -> HttpResponse:
    """A stream that browsers save as `name` and nobody caches."""
    response = StreamingHttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    # Django's types do not say that a stream may stand for an answer.
    return cast(HttpResponse, response)


def see_other(address: str) -> HttpResponse:
    return HttpResponse(status=HTTPStatus.SEE_OTHER, headers={"Location": address})


def _found(request: ConsoleRequest, job_id: UUID) -> Job:
    found = Job.objects.for_account(request.account).filter(pk=job_id).first()
    if found is None:
        raise Http404
    return found


def _address(request: ConsoleRequest, name: str, job_id: UUID) -> str:
    return reverse(f"console:{name}", args=[request.account.public_id, job_id])
