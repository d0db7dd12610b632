"""One URL, one view: the whole page, or the part of it that the page asks for again."""

from typing import Any, Final

from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.cache import patch_vary_headers

HEADER: Final = "X-Part"


def answer(
    request: HttpRequest,
    page: str,
    context: dict[str, Any],
    *,
    part: str | None = None,
    status: int = 200,
) -> TemplateResponse:
    """`page`, or `part` when the script of the page replaces only that; caches keep them apart."""
    template = part if part and wants_part(request) else page
    response = TemplateResponse(request, template, context, status=status)
    if part:
        patch_vary_headers(response, [HEADER])
    return response


def wants_part(request: HttpRequest) -> bool:
    """True when static/js/console.js asks again for a part that changes by itself."""
    return request.headers.get(HEADER) == "true"
