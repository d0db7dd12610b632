"""One URL, one view: the whole page, or the part of it that htmx asked for."""

from typing import Any

from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.cache import patch_vary_headers


def answer(
    request: HttpRequest,
    page: str,
    context: dict[str, Any],
    *,
    part: str | None = None,
    status: int = 200,
) -> TemplateResponse:
    """`page`, or `part` when htmx swaps only that; caches keep the two apart.

    A form that came back invalid is answered with `status=422`; htmx 4 swaps it in.
    """
    template = part if part and wants_part(request) else page
    response = TemplateResponse(request, template, context, status=status)
    if part:
        patch_vary_headers(response, ["HX-Request"])
    return response


def wants_part(request: HttpRequest) -> bool:
    """True when htmx will swap the answer; going back in history needs the whole page."""
    headers = request.headers
    return headers.get("HX-Request") == "true" and "HX-History-Restore-Request" not in headers
