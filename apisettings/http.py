"""The door of the public API: who calls, may they, and every failure as the same JSON.

{"message": "...", "details": ["/pointer: reason"]}      (spec: api-contract 3)

A detail begins with the place of its fault: "/pointer" (RFC 6901) in the body, "?parameter" in the
address, "Header-Name" in the head. A failure of ours, an unknown caller, a missing right and an
address that does not exist have no place, and so no `details`.
"""

import logging
import secrets
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Callable, Sequence
from contextlib import nullcontext, suppress
from dataclasses import replace
from functools import lru_cache, wraps
from time import monotonic
from typing import Any, Concatenate, Final, ParamSpec, cast
from urllib.parse import parse_qsl

import msgspec
import psycopg
from django.conf import settings
from django.core.exceptions import (
    DisallowedHost,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
)
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.urls import ResolverMatch, resolve
from django.views.decorators.csrf import csrf_exempt

from accounts.addresses import client_address
from accounts.audit import Actor
from accounts.models import Account
from accounts.tenancy import scope as account_scope
from apisettings.keys import USABLE_STATES, Caller, Refused, find

LARGEST_BODY: Final = 10 * 1024 * 1024
# Of a body that is refused unread this much is heard out, but no longer than that.
MOST_DISCARDED: Final = 4 * LARGEST_BODY
DISCARD_SECONDS: Final = 10.0
MOST_TOLD: Final = 20
NOT_ENABLED: Final = "This feature has not been enabled in your account."
NOT_FOUND: Final = "Resource not found."

_CHUNK: Final = 64 * 1024
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
        if not is_programs(request.path_info):
            return self.get_response(request)
        try:
            request.get_host()  # refuses a host that is not ours
            found = request.resolver_match = _route(request.path_info, settings.API_URLCONF)
            response: HttpResponse = found.func(request, *found.args, **found.kwargs)
        except Exception as error:  # noqa: BLE001 - as in `api`
            response = failure(error)
        response.headers.setdefault("Content-Length", str(len(response.content)))
        return response


def is_programs(path: str) -> bool:
    """True for addresses of the public API, those included that do not exist."""
    return path.startswith("/v1/") or path == "/v1"


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
    """The request ends with this answer. `details` are "<place>: <reason>", places as above."""

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
                _hear_out(request)
                return failure(error)

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
            return failure(_not_allowed(tuple(views)))
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
    request.caller = caller = _identify(request)
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
    leaked = [name for name in names if _plain(name) in _SECRETS_IN_URL]
    if leaked:
        raise ApiError(
            400,
            "Do not put credentials into the URL: send them in the Authorization header, and"
            " revoke this key, because URLs are written to logs.",
            [f"?{name}: a credential" for name in leaked[:MOST_TOLD]],
        )
    if names:
        details = [f"?{name[:100]}: unknown parameter" for name in names[:MOST_TOLD]]
        raise ApiError(400, "This address takes no query parameters.", details)


def _plain(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "")


def _check_body(request: HttpRequest) -> None:
    kind = (request.content_type or "").lower()
    charset = (request.content_params or {}).get("charset", "utf-8").lower()
    if kind != "application/json" or charset not in ("utf-8", "utf8"):
        wanted = "Content-Type: expected application/json; charset=utf-8"
        raise ApiError(415, "Send the body as application/json in UTF-8.", [wanted])
    if request.META.get("HTTP_CONTENT_ENCODING", "identity").lower() != "identity":
        wanted = "Content-Encoding: expected identity, or none"
        raise ApiError(415, "Send the body without Content-Encoding.", [wanted])
    length = request.META.get("CONTENT_LENGTH") or ""
    if not length and request.META.get("HTTP_TRANSFER_ENCODING"):
        raise ApiError(411, "Send a Content-Length.", ["Content-Length: required"])
    if length.isdecimal() and int(length) > LARGEST_BODY:
        raise _too_large()


def _hear_out(request: ApiRequest) -> None:
    """What a known caller still sends has been read and dropped, within the bounds above.

    Many clients read no answer before they have sent everything, and would find their connection
    reset instead. Who asks first (Expect: 100-continue) waits for our word, and strangers are not
    listened to.
    """
    if not hasattr(request, "caller") or request.META.get("HTTP_EXPECT"):
        return
    # Django reads as far as the Content-Length says, and chunks have none.
    chunked = "HTTP_TRANSFER_ENCODING" in request.META
    stream = request.META["wsgi.input"] if chunked else request
    left, until = MOST_DISCARDED, monotonic() + DISCARD_SECONDS
    with suppress(OSError):
        while left > 0 and monotonic() < until and (chunk := stream.read(min(_CHUNK, left))):
            left -= len(chunk)


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
        raise ApiError(
            403,
            "The Account header names no account this key may act for.",
            ["Account: expected the id of this key's account or of one below it"],
        )
    return replace(caller, account_id=account.pk, account_public_id=account.public_id)


def _not_allowed(methods: Sequence[str]) -> ApiError:
    return ApiError(405, "Method not allowed.", headers={"Allow": ", ".join(methods)})


def _too_large() -> ApiError:
    return ApiError(
        413,
        f"The body is too large: at most {LARGEST_BODY // 1024**2} MiB.",
        [f"Content-Length: expected at most {LARGEST_BODY}"],
    )


def failure(error: Exception) -> HttpResponse:
    """The answer of a request that ended with `error`, whatever it is."""
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
    if isinstance(error, DisallowedHost):
        return ApiError(400, "This is no address of ours.", ["Host: not served here"])
    if isinstance(error, SuspiciousOperation | UnreadablePostError):
        return ApiError(400, "The request could not be read.", ["/: ended early or is malformed"])
    reference = secrets.token_hex(6)
    logger.error("API failure %s", reference, exc_info=error)
    if isinstance(error, OperationalError | InterfaceError | psycopg.OperationalError):
        return ApiError(
            503, f"Temporarily unavailable. Reference {reference}.", headers={"Retry-After": "5"}
        )
    return ApiError(500, f"Something went wrong on our side. Reference {reference}.")
