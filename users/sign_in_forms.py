"""allauth's forms, with labels written as all others of the console are."""

from typing import Any

from allauth.account import forms
from django.utils.translation import gettext as _


class OwnLabels:
    """Names a new password, and the same a second time, in the console's words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields: dict[str, Any]
        self.fields["password1"].label = _("New password")
        self.fields["password2"].label = _("New password again")


class ChangePasswordForm(OwnLabels, forms.ChangePasswordForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].label = _("Current password")


class SetPasswordForm(OwnLabels, forms.SetPasswordForm):  # type: ignore[misc]
    pass


class ResetPasswordKeyForm(OwnLabels, forms.ResetPasswordKeyForm):  # type: ignore[misc]
    pass
