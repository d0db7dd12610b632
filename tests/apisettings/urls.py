"""A public API of the tests' own: what the door does, apart from what stands behind it."""

from django.http import HttpResponse
from django.urls import path, re_path

from accounts.models import Membership
from apisettings.http import ApiError, ApiRequest, answer, api, by_method, not_found
from apisettings.models import ApiKey


@api("messages:read")
def whoami(request: ApiRequest) -> HttpResponse:
    count = ApiKey.objects.for_account(request.caller.account_id).count()
    return answer(
        200,
        {
            "account": request.caller.account_public_id,
            "keys": count,
            "address": request.actor.address,
        },
    )


@api("messages:send", methods=("POST",), scoped=False)
def echo(request: ApiRequest) -> HttpResponse:
    return answer(202, {"bytes": len(request.body)})


@api("messages:read")
def invalid(request: ApiRequest) -> HttpResponse:
    raise ApiError(400, "Request failed to parse correctly.", ["/messages/0: wrong"])


@api("messages:read")
def broken(request: ApiRequest) -> HttpResponse:
    Membership.objects.get(pk="00000000-0000-0000-0000-000000000000")
    return answer(200, {})


urlpatterns = [
    path("v1/whoami", whoami),
    path("v1/echo", by_method(POST=echo, GET=whoami)),
    path("v1/invalid", invalid),
    path("v1/broken", broken),
    re_path(r"^v1(/|$)", not_found),
]
