"""/help/: the questions asked most, for anybody; and the description of the API it links to."""

from functools import cache

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apisettings.api_docs import document
from messaging.api_docs import OPERATIONS


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """One page in the reader's language; it names the operator's address where there is one."""
    return render(request, "help.html", {"support": settings.SUPPORT_EMAIL})


@require_safe
def api_description(request: HttpRequest) -> HttpResponse:
    """OpenAPI 3.1 as JSON: what docs/openapi.yaml says."""
    return HttpResponse(_described(), content_type="application/json")


@cache
def _described() -> bytes:
    return msgspec.json.format(msgspec.json.encode(document(OPERATIONS)), indent=2)
