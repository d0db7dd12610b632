from typing import cast
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actions import OpenedAlready, open_account
from accounts.addresses import client_address
from accounts.audit import Actor
from accounts.forms import OpenAccountForm
from accounts.models import Account
from hub.lib.parts import answer


@login_required
def open_one(request: HttpRequest) -> HttpResponse:
    """The page of a person without an account, or who opens another; pressed twice, one opens."""
    owner = UUID(str(request.user.pk))
    form = OpenAccountForm(request.POST if request.method == "POST" else None, owner=owner)
    if form.is_valid():
        account = _opened(request, form, owner)
        if account.name == form.cleaned_data["name"]:
            address = reverse("console:dashboard", kwargs={"account_id": account.public_id})
            return HttpResponseRedirect(address)
        told = _("This page has already opened another account. Load it again to open one more.")
        form.add_error(None, told)
    return answer(
        request, "accounts/open.html", {"form": form}, status=422 if form.is_bound else 200
    )


def _opened(request: HttpRequest, form: OpenAccountForm, owner: UUID) -> Account:
    """The account that this page opens now, or opened when it was sent before."""
    person = cast(AbstractBaseUser, request.user)
    actor = Actor(
        kind="person",
        id=str(owner),
        label=str(person.get_full_name()),  # type: ignore[attr-defined]
        channel="console",
        address=client_address(request),
    )
    given = form.cleaned_data
    try:
        return open_account(
            id_=given["token"],
            name=given["name"],
            owner=owner,
            time_zone=given["time_zone"],
            country=given["country"],
            actor=actor,
        )
    except OpenedAlready as before:
        return before.account
