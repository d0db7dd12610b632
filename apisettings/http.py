"""The door of the public API: who calls, may they, and every failure as the same JSON.

{"message": "...", "details": ["/pointer: reason"]}      (spec: api-contract 3)

A fault of the address is told as "?parameter: reason".
"""

import logging
import secrets
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import replace
from functools import lru_cache, wraps
from typing import Any, Concatenate, Final, ParamSpec, cast
from urllib.parse import parse_qsl

import msgspec
import psycopg
from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.urls import ResolverMatch, resolve
from django.views.decorators.csrf import csrf_exempt

from accounts.addresses import client_address
from accounts.audit import Actor
from accounts.models import Account
from accounts.tenancy import scope as account_scope
from apisettings.keys import USABLE_STATES, Caller, Refused, find

PREFIX: Final = "/v1/"
LARGEST_BODY: Final = 10 * 1024 * 1024
MOST_TOLD: Final = 20
NOT_ENABLED: Final = "This feature has not been enabled in your account."
NOT_FOUND: Final = "Resource not found."

_WITH_BODY: Final = frozenset({"POST", "PUT", "PATCH"})
_SECRETS_IN_URL: Final = frozenset({"apikey", "apisecret", "secret"})

logger = logging.getLogger(__name__)
Params = ParamSpec("Params")


class ApiLane:
    """Middleware: a program's request needs no session, cookie, language or page policy, so it
    goes to its view past whatever stands below this line in MIDDLEWARE."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(PREFIX):
            return self.get_response(request)
        request.get_host()  # refuses a host that is not ours
        found = request.resolver_match = _route(request.path_info, settings.API_URLCONF)
        response: HttpResponse = found.func(request, *found.args, **found.kwargs)
        response.headers.setdefault("Content-Length", str(len(response.content)))
        return response


@lru_cache(maxsize=1024)
def _route(path: str, urlconf: str) -> ResolverMatch:
    """The view of an address: programs ask for few, and finding one is a twentieth of a post."""
    return resolve(path, urlconf)


class ApiRequest(HttpRequest):
    """A request that passed the door: `caller` and `actor` are set."""

    caller: Caller
    actor: Actor


View = Callable[Concatenate[ApiRequest, Params], HttpResponse]


class ApiError(Exception):
    """The request ends with this answer. `details` are "<json pointer>: <reason>", of the address
    "?<parameter>: <reason>"."""

    def __init__(
        self,
        status: int,
        message: str,
        details: Sequence[str] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status, self.message, self.details = status, message, details
        self.headers = headers or {}


def answer(status: int, body: Any, headers: dict[str, str] | None = None) -> HttpResponse:
    """`body` as JSON; anything msgspec can write."""
    response = HttpResponse(
        msgspec.json.encode(body), status=status, content_type="application/json", headers=headers
    )
    response["Cache-Control"] = "no-store"
    return response


def api(
    scope: str, *, methods: Sequence[str] = ("GET",), scoped: bool = True
) -> Callable[[View[Params]], Callable[..., HttpResponse]]:
    """The view answers `methods` to keys with `scope`; failures of any kind become JSON.

    Unless `scoped` is False the view runs in `tenancy.scope` of the caller's account.
    """

    def decorate(view: View[Params]) -> Callable[..., HttpResponse]:
        @csrf_exempt
        @wraps(view)
        def guarded(
            plain: HttpRequest, *args: Params.args, **kwargs: Params.kwargs
        ) -> HttpResponse:
            request = cast(ApiRequest, plain)
            try:
                _admit(request, scope, methods)
                account = request.caller.account_id
                with account_scope(account) if scoped else nullcontext():
                    return view(request, *args, **kwargs)
            except Exception as error:  # noqa: BLE001 - the door itself: no failure leaves as HTML
                return _failure(error)

        guarded.api_scope = scope  # type: ignore[attr-defined]
        guarded.api_methods = tuple(methods)  # type: ignore[attr-defined]
        return guarded

    return decorate


def by_method(**views: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """One address, a view for each method: `by_method(GET=read, PUT=cancel)`; others get 405."""

    @csrf_exempt
    def chosen(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        view = views.get(request.method or "")
        if view is None:
            return _failure(_not_allowed(tuple(views)))
        return view(request, *args, **kwargs)

    chosen.api_views = views  # type: ignore[attr-defined]
    return chosen


@csrf_exempt
def not_found(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """The answer at every address of the API that does not exist."""
    return answer(404, {"message": NOT_FOUND})


def _admit(request: ApiRequest, scope: str, methods: Sequence[str]) -> None:
    """The request knows its caller, or ApiError; the cheap checks come first."""
    if request.method not in methods:
        raise _not_allowed(methods)
    _check_url(request)
    caller = _identify(request)
    if request.method in _WITH_BODY:
        _check_body(request)
    if scope not in caller.scopes:
        raise ApiError(403, NOT_ENABLED)
    request.caller = _act_for(caller, request.META.get("HTTP_ACCOUNT"))
    request.actor = Actor(
        kind="key",
        id=caller.key_id,
        label=caller.label,
        channel="api",
        address=client_address(request),
    )


def _identify(request: HttpRequest) -> Caller:
    try:
        key_id, secret = _credentials(request.META.get("HTTP_AUTHORIZATION", ""))
        return find(key_id, secret, client_address(request))
    except (Refused, ValueError):
        raise ApiError(
            401,
            "Invalid authentication credentials",
            headers={"WWW-Authenticate": 'Basic realm="Hub", charset="UTF-8"'},
        ) from None


def _credentials(header: str) -> tuple[str, str]:
    """Key and secret of a Basic header (RFC 7617); ValueError for anything else."""
    scheme, _, value = header.partition(" ")
    if scheme.lower() != "basic" or len(value) > 400:
        raise ValueError("not Basic")
    try:
        text = b64decode(value.strip(), validate=True).decode("ascii")
    except (NotBase64, UnicodeDecodeError):
        raise ValueError("not base64") from None
    key_id, colon, secret = text.partition(":")
    if not colon:
        raise ValueError("no colon")
    return key_id, secret


def _check_url(request: HttpRequest) -> None:
    """No address takes a query yet: whoever sends one expects of it what does not happen."""
    query = request.META.get("QUERY_STRING", "")
    if not query:
        return
    names = list(dict.fromkeys(name for name, _ in parse_qsl(query, keep_blank_values=True)))
    if any(name.lower().replace("_", "").replace("-", "") in _SECRETS_IN_URL for name in names):
        raise ApiError(
            400,
            "Do not put credentials into the URL: send them in the Authorization header, and"
            " revoke this key, because URLs are written to logs.",
        )
    if names:
        details = [f"?{name[:100]}: unknown parameter" for name in names[:MOST_TOLD]]
        raise ApiError(400, "This address takes no query parameters.", details)


def _check_body(request: HttpRequest) -> None:
    kind = (request.content_type or "").lower()
    charset = (request.content_params or {}).get("charset", "utf-8").lower()
    if kind != "application/json" or charset not in ("utf-8", "utf8"):
        raise ApiError(415, "Send the body as application/json in UTF-8.")
    if request.META.get("HTTP_CONTENT_ENCODING", "identity").lower() != "identity":
        raise ApiError(415, "Send the body without Content-Encoding.")
    length = request.META.get("CONTENT_LENGTH") or ""
    if not length and request.META.get("HTTP_TRANSFER_ENCODING"):
        raise ApiError(411, "Send a Content-Length.")
    if length.isdecimal() and int(length) > LARGEST_BODY:
        raise _too_large()


def _act_for(caller: Caller, public_id: str | None) -> Caller:
    """The caller, in the sub-account named by the Account header, if it is one of theirs."""
    if public_id is None or public_id == caller.account_public_id:
        return caller
    account = (
        Account.objects.filter(public_id=public_id, path__contains=[caller.account_id])
        .filter(state__in=USABLE_STATES)
        .first()
        if public_id.isalnum()
        else None
    )
    if account is None:
        raise ApiError(403, "The Account header names no account this key may act for.")
    return replace(caller, account_id=account.pk, account_public_id=account.public_id)


def _not_allowed(methods: Sequence[str]) -> ApiError:
    return ApiError(405, "Method not allowed.", headers={"Allow": ", ".join(methods)})


def _too_large() -> ApiError:
    return ApiError(413, f"The body is too large: at most {LARGEST_BODY // 1024**2} MiB.")


def _failure(error: Exception) -> HttpResponse:
    told = error if isinstance(error, ApiError) else _translated(error)
    body: dict[str, Any] = {"message": told.message}
    if told.details is not None:
        body["details"] = list(told.details)
    return answer(told.status, body, told.headers)


def _translated(error: Exception) -> ApiError:
    """What a program hears of an exception that is not an ApiError: never its text."""
    if isinstance(error, Http404):
        return ApiError(404, NOT_FOUND)
    if isinstance(error, PermissionDenied):
        return ApiError(403, NOT_ENABLED)
    if isinstance(error, RequestDataTooBig):
        return _too_large()
    if isinstance(error, SuspiciousOperation | UnreadablePostError):
        return ApiError(400, "The request could not be read.")
    reference = secrets.token_hex(6)
    logger.error("API failure %s", reference, exc_info=error)
    if isinstance(error, OperationalError | InterfaceError | psycopg.OperationalError):
        return ApiError(
            503, f"Temporarily unavailable. Reference {reference}.", headers={"Retry-After": "5"}
        )
    return ApiError(500, f"Something went wrong on our side. Reference {reference}.")
