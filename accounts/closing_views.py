"""The page before closing an account, and the way back."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django import forms
from django.contrib import messages
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
from accounts.sure_form import PasswordField, check_own_password
from accounts.suspension import WrongState
from hub.lib.forms import ConsoleForm
from hub.lib.money import show_when


class Leaves(NamedTuple):
    """What closing leaves behind, as (when, what happens); and what the owner has to agree to
    because of it, in their own words: "" when nothing is left."""

    told: list[tuple[Text, Text]]
    sure: Text


# Told by a floor that knows.
Consequences = Callable[[Account], Leaves]


class CloseForm(ConsoleForm):
    """The account's name and the person's password, typed; and a tick when `sure` says for what
    (spec/trust.md 4.2)."""

    sure = forms.BooleanField(
        error_messages={"required": gettext_lazy("Tick the box if this is what you want.")}
    )
    typed = forms.CharField(
        error_messages={"required": gettext_lazy("Type the account’s name.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    password = PasswordField()

    def __init__(self, data: Any = None, *, request: ConsoleRequest, sure: Text) -> None:
        super().__init__(data)
        self.request = request
        if sure:
            self.fields["sure"].label = str(sure)
        else:
            del self.fields["sure"]
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
        return check_own_password(self.request, str(self.cleaned_data["password"]))


@console("account.close")
@require_http_methods(["GET", "HEAD", "POST"])
def close(request: ConsoleRequest, *, consequences: Consequences) -> HttpResponse:
    """Consequences by date, then a tick for what is left, the name and the password; closed and
    back at General."""
    below = open_below(request.account)
    if below:
        messages.error(request, _names(below))
    if below or request.account.state != Account.State.OPEN:
        return HttpResponseRedirect(_general(request) + "#close")
    leaves = consequences(request.account)
    posted = request.POST if request.method == "POST" else None
    form = CloseForm(posted, request=request, sure=leaves.sure)
    if not form.is_valid():
        return _page(request, form, leaves)
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


def _page(request: ConsoleRequest, form: CloseForm, leaves: Leaves) -> HttpResponse:
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
            *leaves.told,
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
