"""The page of one's addresses: allauth's, with Undo for the choice of the main one."""

from typing import Any, Final, cast

from allauth.account.internal.flows.manage_email import mark_as_primary
from allauth.account.models import EmailAddress
from allauth.account.views import EmailView
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.undo import Why
from users.models import User
from users.own_changes import UNDO, Change, read_signed, told, undo_tag

MAIN: Final = gettext_lazy("Main email address")


class AddressesView(EmailView):  # type: ignore[misc]  # allauth has no types
    """Adding, confirming and removing are allauth's; each asks for a password not given lately."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if UNDO in request.GET:
            return self._undo(request, request.GET[UNDO])
        response: HttpResponse = super().post(request, *args, **kwargs)
        return response

    def _action_primary(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        person = cast(User, request.user)
        before = main_address(person)
        response: HttpResponse = super()._action_primary(request, *args, **kwargs)
        after = main_address(person)
        if tag := undo_tag(request, Change(person.pk, "email", before, after)):
            said = _("%(email)s is your main address now.") % {"email": after}
            messages.success(request, said, extra_tags=tag)
        return response

    def _undo(self, request: HttpRequest, token: str) -> HttpResponse:
        person = cast(User, request.user)
        change, why = read_signed(token, person.pk)
        earlier = EmailAddress.objects.filter(user=person, email=change.before).first()
        if why is None and main_address(person) != change.after:
            why = Why.CHANGED
        if why is None and (earlier is None or not mark_as_primary(request, earlier)):
            why = Why.REFUSED
        note = messages.success if why is None else messages.warning
        back = Change(person.pk, "email", change.after, main_address(person))
        note(request, told(why, MAIN), extra_tags="" if why else undo_tag(request, back))
        return HttpResponseRedirect(self.success_url)


def main_address(person: User) -> str:
    """Where the person's mail goes; empty when they have no address."""
    return EmailAddress.objects.get_primary_email(person) or ""
