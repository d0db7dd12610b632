"""Which language a page is in: the person's, the browser's choice, what the browser asks for.

The session is open but nobody is known yet, so a signed-in person's language travels in the
cookie: `remember_language` writes it at sign-in and at each switch.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import parse_accept_lang_header

Answer = Callable[[HttpRequest], HttpResponse]
YEAR = 365 * 24 * 3600


class LanguageMiddleware:
    """The answer is made in `language_of(request)`, and says so in Content-Language."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = language_of(request)
        request.LANGUAGE_CODE = language
        with translation.override(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ["Accept-Language", "Cookie"])
        return response


def language_of(request: HttpRequest) -> str:
    """The cookie's language when we speak it, else the best of Accept-Language, else English."""
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    if is_spoken(chosen):
        return chosen
    for asked, _quality in parse_accept_lang_header(
        request.META.get("HTTP_ACCEPT_LANGUAGE", "").lower()
    ):
        base = str(asked).partition("-")[0]
        if is_spoken(base):
            return base
    return str(settings.LANGUAGE_CODE)


def is_spoken(language: str) -> bool:
    return language in dict(settings.LANGUAGES)


def remember_language(response: HttpResponse, language: str) -> None:
    """The browser's next pages are in `language`."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=YEAR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
