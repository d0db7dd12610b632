"""What somebody had written when their session ended: kept, and in its form again after sign-in.

A POST of nobody's is never carried out later, nor is one from a page older than the sign-in. Its
fields wait in the browser's session, half an hour at most and without passwords; then the page
shows its form filled with them, for the person to look at and save.
"""

import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hub.lib.fill import announce, fill

Answer = Callable[[HttpRequest], HttpResponse]

KEPT: Final = "kept_form"
# A cookie that says there may be something, so that no other request asks its session.
MARK: Final = "hub_kept"
SECONDS: Final = 30 * 60
MOST_FIELDS: Final = 200
MOST_CHARACTERS: Final = 32_000
# Parts of names whose values are never kept.
SECRET: Final = ("password", "csrf", "code", "secret")
# What the page that is filled says, by what had happened.
SIGNED_OUT, OLD_PAGE = "signed out", "old page"
TOLD: Final = {
    SIGNED_OUT: gettext_lazy(
        "You had been signed out. Nothing was saved: look at what you wrote and save."
    ),
    OLD_PAGE: gettext_lazy(
        "You had signed in again in another tab, so this page was too old. Nothing was saved: "
        "look at what you wrote and send it again."
    ),
}


class KeptFormMiddleware:
    """Stands inside sessions, sign-in and messages."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        kept = _taken(request)
        if kept:
            messages.warning(request, TOLD[kept["why"]])
            announce(request, kept["fields"])
        response = self.get_response(request)
        if kept:
            _fill(request, response, kept)
            response.delete_cookie(MARK)
        elif request.method == "POST" and _is_sent_to_sign_in(request, response):
            _keep_until_sign_in(request, response)
        return response


def back_to_old_page(request: HttpRequest) -> HttpResponse | None:
    """The way back to the page of a refused POST, which will show its form filled; for whoever
    signed in after that page was made, and so holds a token that it does not have.

    None unless the person is signed in, the page is ours and what it sent may be kept.
    """
    told = [request.headers.get("Referer", ""), request.headers.get("Origin")]
    ours = all(_is_ours(request, address) for address in told if address is not None)
    if not request.user.is_authenticated or not ours:
        return None
    page = _page_of(request)
    response = HttpResponseRedirect(page)
    return response if _keep(request, response, page, OLD_PAGE) else None


def _is_sent_to_sign_in(request: HttpRequest, response: HttpResponse) -> bool:
    if response.status_code != HTTPStatus.FOUND or request.user.is_authenticated:
        return False
    to = urlsplit(response.headers["Location"])
    # Without a way back it is where a form leads that was carried out: an address is confirmed.
    return to.path == reverse("account_login") and REDIRECT_FIELD_NAME in parse_qs(to.query)


def _keep_until_sign_in(request: HttpRequest, response: HttpResponse) -> None:
    """After sign-in the person is on the page of the form; its fields wait for that page."""
    page = _page_of(request)
    response["Location"] = f"{resolve_url('account_login')}?{urlencode({'next': page})}"
    if _keep(request, response, page, SIGNED_OUT):
        request.session.set_expiry(SECONDS)
        messages.info(request, _("Your session has ended. Sign in: what you wrote is kept."))


def _keep(request: HttpRequest, response: HttpResponse, page: str, why: str) -> bool:
    """True when the fields wait for `page`; False when there is nothing that may be kept."""
    fields = _fields(request.POST)
    if not fields:
        return False
    request.session[KEPT] = {
        "page": urlsplit(page).path,
        "action": request.path,
        "fields": fields,
        "why": why,
        "at": time.time(),
    }
    response.set_cookie(
        MARK,
        "1",
        max_age=SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return True


def _fields(posted: QueryDict) -> dict[str, list[str]]:
    """What may be kept; nothing when there is too much of it."""
    fields = {
        name: [str(value) for value in values]
        for name, values in posted.lists()
        if not any(part in name.lower() for part in SECRET)
    }
    length = sum(len(value) for values in fields.values() for value in values)
    return fields if len(fields) <= MOST_FIELDS and length <= MOST_CHARACTERS else {}


def _page_of(request: HttpRequest) -> str:
    """The page with the form: where the browser says it came from, when that is ours."""
    referer = request.headers.get("Referer", "")
    came = urlsplit(referer if _is_ours(request, referer) else request.get_full_path())
    return (came.path or "/") + (f"?{came.query}" if came.query else "")


def _is_ours(request: HttpRequest, address: str) -> bool:
    """True for a whole address on the host that was asked."""
    ours = url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return ours and bool(urlsplit(address).netloc)


def _taken(request: HttpRequest) -> dict[str, Any] | None:
    """What was kept for the page that is asked for now; it is gone from then on."""
    if request.method != "GET" or MARK not in request.COOKIES or not request.user.is_authenticated:
        return None
    kept: dict[str, Any] | None = request.session.get(KEPT)
    if kept is None or kept["page"] != request.path:
        return None
    del request.session[KEPT]
    return kept if time.time() - kept["at"] <= SECONDS else None


def _fill(request: HttpRequest, response: HttpResponse, kept: dict[str, Any]) -> None:
    is_page = response.headers.get("Content-Type", "").startswith("text/html")
    if response.status_code == 200 and is_page and not response.streaming:
        filled = fill(
            response.content.decode(response.charset),
            page=request.path,
            action=kept["action"],
            fields=kept["fields"],
        )
        response.content = filled.encode(response.charset)
