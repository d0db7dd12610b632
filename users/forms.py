from django import forms
from django.utils.translation import gettext_lazy as _

from hub.lib.forms import ConsoleForm


class NameForm(ConsoleForm):
    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Enter your name.")},
    )
