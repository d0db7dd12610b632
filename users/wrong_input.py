"""allauth answers 200 to a form it refuses; every form of the console answers 422."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import SimpleTemplateResponse

Answer = Callable[[HttpRequest], HttpResponse]


class WrongInputMiddleware:
    """A page that shows a posted form again with its errors says so in its status too.

    The staff's desks keep what their library answers.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_template_response(
        self, request: HttpRequest, response: SimpleTemplateResponse
    ) -> SimpleTemplateResponse:
        match = request.resolver_match
        sent = request.method == "POST" and match is not None and "admin" not in match.app_names
        if sent and response.status_code == HTTPStatus.OK and _is_refused(response.context_data):
            response.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
        return response


def _is_refused(context: dict[str, Any] | None) -> bool:
    form = (context or {}).get("form")
    return bool(getattr(form, "errors", None))
