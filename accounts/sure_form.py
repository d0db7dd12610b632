"""What an act that is hard to reverse asks of a person (spec/ux.md 4.1, spec/trust.md H9).

The password, unless it was given in the last 15 minutes, and a tick under the consequences.
"""

import time
from typing import Any, cast

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from allauth.core import ratelimit
from django import forms
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.hashers import check_password
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.cards import Text
from hub.lib.forms import ConsoleForm


class PasswordField(forms.CharField):
    """The password of the person at the keyboard, as it was typed."""

    widget = forms.PasswordInput
    default_error_messages = {"required": gettext_lazy("Enter your password.")}

    def __init__(self) -> None:
        super().__init__(label=gettext_lazy("Your password"), strip=False)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"autocomplete": "current-password"}


def check_own_password(request: HttpRequest, password: str) -> str:
    """`password`, or ValidationError. Guesses are bounded as at every sign-in."""
    person = cast(AbstractBaseUser, request.user)
    if not ratelimit.consume(request, action="reauthenticate", user=person):
        raise forms.ValidationError(_("Too many attempts. Wait some minutes and try again."))
    # Not the person's own method: it may store a newer hash, which ends their sessions.
    if not check_password(password, person.password):
        raise forms.ValidationError(_("This is not your password."))
    return password


class KnownForm(ConsoleForm):
    """Valid when the person was known by password a moment ago: asks for it otherwise, last."""

    password = PasswordField()

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request.POST if request.method == "POST" else None)
        self.request = request
        password = self.fields.pop("password")
        if not _gave_password_lately(request):
            self.fields["password"] = password

    def clean_password(self) -> str:
        """A password that is right counts for the next 15 minutes too."""
        password = check_own_password(self.request, str(self.cleaned_data["password"]))
        reauthenticate_by_password(self.request)
        return password


class SureForm(KnownForm):
    """Valid when the person ticked `sure` too."""

    sure = forms.BooleanField(
        error_messages={"required": gettext_lazy("Tick the box if this is what you want.")}
    )

    def __init__(self, request: HttpRequest, sure: Text) -> None:
        """`sure`: what the tick says, in the first person's words."""
        super().__init__(request)
        self.fields["sure"].label = str(sure)


def _gave_password_lately(request: HttpRequest) -> bool:
    """At sign-in, or when they were asked again."""
    return any(
        record["method"] == "password"
        and time.time() - record["at"] < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
        for record in get_authentication_records(request, request.user)
    )
