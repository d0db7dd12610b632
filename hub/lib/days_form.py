"""The form above a list that is narrowed to some days."""

from datetime import timedelta
from typing import Any, Final

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hub.lib.forms import SearchForm

# Ten years and their leap days.
LONGEST_SPAN: Final = timedelta(days=3653)


class DaysForm(SearchForm):
    """`first` and `last`, either or both: in this order and at most ten years apart.

    Without a last day the days end today. Bad values are said beside the field; the rest counts.
    """

    first = forms.DateField(
        label=pgettext_lazy("days", "From"),
        required=False,
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
    )
    last = forms.DateField(
        label=pgettext_lazy("days", "To"),
        required=False,
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and last < first:
            self.add_error("last", _("The last day is before the first one."))
        elif first and (last or timezone.localdate()) - first > LONGEST_SPAN:
            told = _("Look at 10 years at most: choose a later first day, or an earlier last day.")
            self.add_error("first", told)
        return cleaned
