"""@console(permission): who is at the door of a page, and for which account.

Strangers get 404 (an account they are not in does not exist for them), a wrong role 403.
The view then runs in the account's scope, lazy templates included.
"""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Concatenate, Final, ParamSpec, cast
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.response import SimpleTemplateResponse
from django.utils import timezone

from accounts.addresses import client_address
from accounts.audit import Actor
from accounts.memberships import Place, memberships_of
from accounts.models import Account
from accounts.permissions import PERMISSIONS, allows
from accounts.tenancy import scope

Params = ParamSpec("Params")


class ConsoleRequest(HttpRequest):
    """A request that passed the door: `account`, `role` and `actor` are set.

    `memberships` are this one, then at most OFFERED others by name. `stands_under` is the address
    of the page in whose place of the menu this one stands, where its own does not tell.
    """

    account: Account
    role: str
    actor: Actor
    memberships: list[Place]
    stands_under: str


# How many other accounts the switcher names; the page behind it lists all.
OFFERED: Final = 20

View = Callable[Concatenate[ConsoleRequest, Params], HttpResponse]


def console(
    permission: str, *, change: str | None = None, while_closing: bool = False
) -> Callable[[View[Params]], Callable[..., HttpResponse]]:
    """The view needs `permission`, and `change` as well for any method but GET and HEAD.

    A closing account may be looked at and taken back: anything but GET and HEAD is answered 409
    unless `while_closing`.
    """
    needed = {permission, change or permission}
    if not needed <= PERMISSIONS.keys():
        raise LookupError(f"Unknown permission among {needed}.")

    def decorate(view: View[Params]) -> Callable[..., HttpResponse]:
        @wraps(view)
        @login_required
        def guarded(
            plain: HttpRequest, account_id: str, *args: Params.args, **kwargs: Params.kwargs
        ) -> HttpResponse:
            request = cast(ConsoleRequest, plain)
            admit(request, account_id)
            reads = request.method in ("GET", "HEAD")
            wanted = permission if reads else (change or permission)
            if not allows(request.role, wanted):
                raise PermissionDenied(wanted)
            closing = request.account.state == Account.State.CLOSING
            if closing and not reads and not while_closing:
                return render(request, "accounts/closing.html", status=HTTPStatus.CONFLICT)
            with scope(request.account), timezone.override(zone_of(request)):
                response = view(request, *args, **kwargs)
                if isinstance(response, SimpleTemplateResponse) and not response.is_rendered:
                    response.render()
            return response

        guarded.permission = permission  # type: ignore[attr-defined]
        guarded.change = change or permission  # type: ignore[attr-defined]
        return guarded

    return decorate


def zone_of(request: ConsoleRequest) -> str:
    """The clock by which this person reads times here: their own, else the account's."""
    own: str = getattr(request.user, "time_zone", "")
    return own or request.account.time_zone


def admit(request: ConsoleRequest, public_id: str) -> None:
    """`request` knows its account, role, actor and where else this person works; 404 when this
    person is not a member."""
    person = request.user
    mine = memberships_of(cast(UUID, person.pk), here=public_id, most=OFFERED + 1)
    if not mine or mine[0].account.public_id != public_id:
        raise Http404
    request.account, request.role = mine[0]
    request.memberships = mine
    request.actor = Actor(
        kind="person",
        id=str(person.pk),
        label=str(person.get_full_name() or person.email),  # type: ignore[union-attr]
        channel="console",
        address=client_address(request),
    )
