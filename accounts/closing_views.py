"""The page before closing an account, and the way back."""

from collections.abc import Callable
from typing import Any, cast

from allauth.core import ratelimit
from django import forms
from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.hashers import check_password
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import ConsoleRequest, console
from accounts.cards import Text
from accounts.closing import GRACE, HasSubaccounts, close_account, keep_account, open_below
from accounts.models import Account
from accounts.names import is_same_name
from accounts.suspension import WrongState
from hub.lib.forms import ConsoleForm
from hub.lib.money import show_when

# What closing leaves behind, as (when, what happens); told by a floor that knows.
Consequences = Callable[[Account], list[tuple[Text, Text]]]


class CloseForm(ConsoleForm):
    """The account's name and the person's password, typed."""

    typed = forms.CharField(
        error_messages={"required": gettext_lazy("Type the account’s name.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    password = forms.CharField(
        label=gettext_lazy("Your password"),
        strip=False,
        error_messages={"required": gettext_lazy("Enter your password.")},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, data: Any = None, *, request: ConsoleRequest) -> None:
        super().__init__(data)
        self.request = request
        name = request.account.name
        self.fields["typed"].label = _("Type the account name to confirm: %(name)s") % {
            "name": name
        }
        self.fields["typed"].widget.attrs["data-confirm"] = name

    def clean_typed(self) -> str:
        typed = str(self.cleaned_data["typed"])
        if not is_same_name(typed, self.request.account.name):
            raise forms.ValidationError(_("This is not the account’s name."))
        return typed

    def clean_password(self) -> str:
        """Guesses are bounded as at every sign-in."""
        person = cast(AbstractBaseUser, self.request.user)
        password = str(self.cleaned_data["password"])
        if not ratelimit.consume(self.request, action="reauthenticate", user=person):
            raise forms.ValidationError(_("Too many attempts. Wait some minutes and try again."))
        # Not the person's own method: it may store a newer hash, which ends their sessions.
        if not check_password(password, person.password):
            raise forms.ValidationError(_("This is not your password."))
        return password


@console("account.close")
@require_http_methods(["GET", "HEAD", "POST"])
def close(request: ConsoleRequest, *, consequences: Consequences) -> HttpResponse:
    """Consequences by date, then the name and the password; closed and back at General."""
    below = open_below(request.account)
    if below:
        messages.error(request, _names(below))
    if below or request.account.state != Account.State.OPEN:
        return HttpResponseRedirect(_general(request) + "#close")
    form = CloseForm(request.POST if request.method == "POST" else None, request=request)
    if not form.is_bound or not form.is_valid():
        return _page(request, form, consequences)
    try:
        close_account(request.account, actor=request.actor)
    except (HasSubaccounts, WrongState):  # since the page was checked above
        return render(request, "accounts/closing.html", status=409)
    messages.warning(request, _("This account is being closed. Its owners are told by email."))
    return HttpResponseRedirect(_general(request))


@console("account.close", while_closing=True)
@require_POST
def keep(request: ConsoleRequest) -> HttpResponse:
    """A closing account is open again."""
    try:
        keep_account(request.account, actor=request.actor)
        messages.success(
            request, _("The account is open again. Keys work, and waiting messages leave.")
        )
    except WrongState:
        messages.info(request, _("The account is not being closed."))
    return HttpResponseRedirect(_general(request))


def _page(request: ConsoleRequest, form: CloseForm, consequences: Consequences) -> HttpResponse:
    account = request.account
    last_day = show_when(
        timezone.now() + GRACE,
        timezone.get_current_timezone_name(),
        get_language() or "en",
        "long_date",
    )
    context = {
        "title": _("Close %(name)s") % {"name": account.name},
        "purpose": _("This stops every message and every key of this account."),
        "consequences": [
            (_("Today"), _("API keys are refused and nothing is sent any more.")),
            *consequences(account),
            (
                _("Until %(date)s") % {"date": last_day},
                _("Any owner can reopen the account as it was. Only that can be changed in it."),
            ),
            (
                _("On %(date)s") % {"date": last_day},
                _(
                    "The account closes for good: nobody can open it any more, and messages that "
                    "still wait are not sent and not billed."
                ),
            ),
        ],
        "form": form,
        "confirm": _("Close this account"),
        "keep": _("Keep the account"),
        "back_url": _general(request) + "#close",
        "back_label": _("General"),
    }
    return render(request, "parts/confirm.html", context, status=422 if form.is_bound else 200)


def _names(names: list[str]) -> str:
    told = ngettext(
        "Close this sub-account first: %(names)s.",
        "Close these sub-accounts first: %(names)s.",
        len(names),
    )
    return told % {"names": ", ".join(names)}


def _general(request: ConsoleRequest) -> str:
    return reverse("console:account_general", args=[request.account.public_id])
