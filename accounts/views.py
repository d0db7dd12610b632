from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from accounts.actions import open_account
from accounts.addresses import client_address
from accounts.audit import Actor
from accounts.forms import OpenAccountForm
from hub.lib.parts import answer


@login_required
def open_one(request: HttpRequest) -> HttpResponse:
    """The page of a person without an account, or who opens another."""
    form = OpenAccountForm(
        request.POST or None, initial={"country": "FR", "time_zone": "Europe/Paris"}
    )
    if request.method == "POST" and form.is_valid():
        person = request.user
        account = open_account(
            name=form.cleaned_data["name"],
            owner=UUID(str(person.pk)),
            time_zone=form.cleaned_data["time_zone"],
            country=form.cleaned_data["country"],
            actor=Actor(
                kind="person",
                id=str(person.pk),
                label=str(person.get_full_name()),  # type: ignore[union-attr]
                channel="console",
                address=client_address(request),
            ),
        )
        address = reverse("console:dashboard", kwargs={"account_id": account.public_id})
        return HttpResponseRedirect(address)
    return answer(
        request,
        "accounts/open.html",
        {"form": form},
        status=422 if request.method == "POST" else 200,
    )
