import logging
from collections.abc import Callable
from http import HTTPStatus
from typing import cast

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from redis import Redis, RedisError

from accounts.access import ConsoleRequest, console
from accounts.memberships import memberships_of
from accounts.models import Account, Membership
from apisettings.http import failure, is_programs
from hub.coming import ComingPage
from hub.context import THEME_COOKIE, THEMES
from hub.lib.ids import new_reference
from users.kept_form import back_to_old_page
from users.middleware import YEAR, is_spoken, remember_language
from users.models import User

logger = logging.getLogger(__name__)


@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """To the only account there is; to the list of several; to opening the first."""
    mine = memberships_of(cast(User, request.user).pk, most=2)
    if not mine:
        return HttpResponseRedirect(reverse("open_account"))
    if len(mine) > 1:
        return HttpResponseRedirect(reverse("account_list"))
    account_id = mine[0].account.public_id
    return HttpResponseRedirect(reverse("console:dashboard", kwargs={"account_id": account_id}))


@login_required
@require_safe
def account_list(request: HttpRequest) -> HttpResponse:
    """Every account this person is a member of."""
    return TemplateResponse(request, "accounts/list.html")


def coming(page: ComingPage) -> Callable[..., HttpResponse]:
    """The view that says what `page` will do."""

    @console(page.permission)
    @require_safe
    def view(request: ConsoleRequest) -> HttpResponse:
        return TemplateResponse(request, "coming.html", {"page": page})

    return view


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """The page one came from, in the language asked for; kept with the person who is signed in."""
    response = HttpResponseRedirect(_way_back(request))
    language = request.POST.get("language", "")
    if is_spoken(language):
        remember_language(response, language)
        if request.user.is_authenticated:
            User.objects.filter(pk=request.user.pk).update(language=language)
    return response


@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """The page one came from, in the appearance asked for; the browser keeps it."""
    response = HttpResponseRedirect(_way_back(request))
    theme = request.POST.get("theme", "")
    if theme in THEMES:
        response.set_cookie(
            THEME_COOKIE,
            theme,
            max_age=YEAR,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 while this process reaches Postgres, 503 with the reason otherwise.

    Redis is reported and not required: accepting and the console go on without it.
    """
    reason = _database_trouble()
    report = {
        "status": "unavailable" if reason else "ok",
        "database": reason or "ok",
        "redis": _redis_trouble() or "ok",
    }
    return JsonResponse(report, status=HTTPStatus.SERVICE_UNAVAILABLE if reason else HTTPStatus.OK)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Nothing was saved. A form of ours older than the sign-in comes back filled; one that came
    from elsewhere, or without our cookie, gets words."""
    again = back_to_old_page(request)
    return again or render(request, "403_csrf.html", status=HTTPStatus.FORBIDDEN)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Who lacks a permission learns whom to ask; nobody else learns anything."""
    account: Account | None = getattr(request, "account", None)
    owners = Membership.objects.select_related("user").filter(
        account=account, role=Membership.Role.OWNER
    )
    names = [owner.user.get_full_name() for owner in owners] if account else []
    return render(request, "403.html", {"owners": names}, status=HTTPStatus.FORBIDDEN)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=HTTPStatus.NOT_FOUND)


def server_error(request: HttpRequest) -> HttpResponse:
    """Reads neither the database nor the session: either may be what failed.

    Its reference stands in the log too, with the traceback.
    """
    reference = new_reference()
    logger.error("reference %s: %s %s", reference, request.method, request.path, exc_info=True)
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    return render(request, "500.html", {"reference": reference}, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What was sent is nothing our pages send; programs hear it as JSON."""
    if is_programs(request.path_info):
        return failure(exception)
    return render(request, "400.html", status=HTTPStatus.BAD_REQUEST)


def _way_back(request: HttpRequest) -> str:
    """The page named by the form, when it is ours."""
    asked = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(
        asked, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return asked if ours else reverse("home")


def _database_trouble() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except DatabaseError as error:
        logger.warning("Postgres does not answer: %s", error)
        return "Postgres does not answer."
    return ""


def _redis_trouble() -> str:
    try:
        with Redis.from_url(
            settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1
        ) as client:
            client.ping()
    except (RedisError, OSError, ValueError):
        return "Redis does not answer: sending pauses until it returns."
    return ""
