"""What people may enter about keys and webhooks; every error at once, in words."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from ipaddress import ip_address, ip_network
from typing import Any, Final

from django import forms
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.sure_form import KnownForm
from apisettings.destinations import refusal_of
from apisettings.events import DESCRIPTIONS, GROUPS, Kind
from apisettings.models import ApiKey, Webhook
from apisettings.scopes import HINTS, LABELS, Scope
from hub.lib.forms import ConsoleForm
from hub.lib.line_field import NameField
from hub.lib.safe_http import Refusal

MOST_NETWORKS: Final = 50
LONGEST_DAYS: Final = 366
LONGEST_URL: Final = 1000

_TOO_LONG: Final = _("This address is too long: at most 1,000 characters.")
URL_ERRORS: Final[Mapping[Refusal, Promise]] = {
    Refusal.MALFORMED: _("This is not a complete address. Example: https://example.com/hub."),
    Refusal.TOO_LONG: _TOO_LONG,
    Refusal.CHARACTERS: _(
        "Spaces, accents and backslashes cannot be sent as they are: write them percent-encoded."
    ),
    Refusal.SCHEME: _("The address must begin with https://."),
    Refusal.USERINFO: _(
        "Leave name and password out of the address: the signature proves that we are the sender."
    ),
    Refusal.FRAGMENT: _("Leave out the part after #: it is never sent to a server."),
    Refusal.LITERAL: _("Use a host name instead of a bare IP address."),
    Refusal.PORT: _("Use port 443, 8443, 80, 8000 or 8080."),
    Refusal.PRIVATE: _(
        "This is a private address: Hub never connects to one, because others on its network"
        " could be reached that way."
    ),
}


class KeyForm(KnownForm):
    """A new API key. It opens the account for longer than a borrowed session lasts."""

    name = NameField(
        label=_("Name"),
        max_length=60,
        help_text=_("What uses this key, for example “crm-prod”. It stands in the activity log."),
        error_messages={"required": _("Give the key a name.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    mode = forms.ChoiceField(
        label=_("Mode"),
        choices=ApiKey.Mode.choices,
        initial=ApiKey.Mode.LIVE,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose live or test.")},
    )
    scopes = forms.MultipleChoiceField(
        label=_("This key may"),
        widget=forms.CheckboxSelectMultiple,
        initial=[Scope.SEND, Scope.READ],
        error_messages={"required": _("Choose at least one thing the key may do.")},
    )
    networks = forms.CharField(
        label=_("Allowed networks"),
        required=False,
        max_length=4000,
        help_text=_(
            "One address or CIDR range a line, such as 198.51.100.0/24. Empty: from anywhere."
        ),
        widget=forms.Textarea(
            attrs={"rows": 3, "class": "mono", "spellcheck": "false", "dir": "ltr"}
        ),
    )
    expires_on = forms.DateField(
        label=_("Last day"),
        help_text=_("The key stops at the end of this day. At most one year from now."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Give the last day the key works.")},
    )

    choice_hints = {
        "mode": {
            "live": _("Real messages to real people, paid from the balance."),
            "test": _("Every rule runs, but a simulator answers: nothing is sent or charged."),
        },
        "scopes": HINTS,
    }

    def __init__(self, request: HttpRequest, *, transactional: bool) -> None:
        super().__init__(request)
        offered = [one for one in Scope if transactional or one is not Scope.TRANSACTIONAL]
        self.fields["scopes"].choices = [  # type: ignore[attr-defined]
            (one.value, LABELS[one]) for one in offered
        ]
        today = timezone.localdate()
        self.fields["expires_on"].initial = today + timedelta(days=365)
        self.fields["expires_on"].widget.attrs |= {
            "min": today.isoformat(),
            "max": (today + timedelta(days=LONGEST_DAYS)).isoformat(),
        }

    def clean_networks(self) -> list[str]:
        """The ranges in canonical form, each once; one error for each wrong line."""
        lines = [line.strip() for line in self.cleaned_data["networks"].splitlines()]
        found: dict[str, None] = {}
        errors: list[forms.ValidationError] = []
        for number, line in enumerate(lines, start=1):
            if not line:
                continue
            try:
                found[_network(line)] = None
            except ValueError as error:
                errors.append(
                    forms.ValidationError(
                        _("Line %(number)d: %(reason)s"),
                        params={"number": number, "reason": error.args[0]},
                    )
                )
        if len(found) > MOST_NETWORKS:
            errors.append(forms.ValidationError(_("At most 50 networks.")))
        if errors:
            raise forms.ValidationError(errors[:10])
        return list(found)

    def clean_expires_on(self) -> datetime:
        """The end of that day where the account is."""
        day: date = self.cleaned_data["expires_on"]
        today = timezone.localdate()
        if day < today:
            raise forms.ValidationError(_("This day is past."))
        if day > today + timedelta(days=LONGEST_DAYS):
            raise forms.ValidationError(_("At most one year from now."))
        return timezone.make_aware(datetime.combine(day, time(23, 59, 59)))


class WebhookForm(ConsoleForm):
    """Where events go, which, and whether."""

    url = forms.CharField(
        label=_("Address"),
        max_length=LONGEST_URL,
        help_text=_("Your server’s https address. It must answer 2xx within 15 seconds."),
        error_messages={
            "required": _("Give the address events are sent to."),
            "max_length": _TOO_LONG,
        },
        widget=forms.TextInput(
            attrs={
                "inputmode": "url",
                "autocomplete": "off",
                "spellcheck": "false",
                "dir": "ltr",
                "class": "mono",
            }
        ),
    )
    state = forms.ChoiceField(
        label=_("Delivery"),
        choices=[
            (Webhook.State.ACTIVE, pgettext_lazy("webhook", "Active")),
            (Webhook.State.PAUSED, pgettext_lazy("webhook", "Paused")),
        ],
        initial=Webhook.State.ACTIVE,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose active or paused.")},
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    choice_hints = {
        "state": {
            Webhook.State.PAUSED: _("Events that happen while it is paused are not sent later."),
        }
    }

    def __init__(self, *args: Any, chosen: list[str] | None = None, **kwargs: Any) -> None:
        """`chosen`: the kinds ticked at first; empty or None for all."""
        super().__init__(*args, **kwargs)
        for number, group in enumerate(GROUPS):
            self.fields[f"events_{number}"] = forms.MultipleChoiceField(
                label=str(group.title),
                required=False,
                choices=[(kind.value, DESCRIPTIONS[kind]) for kind in group.kinds],
                initial=[kind.value for kind in group.kinds if not chosen or kind in chosen],
                widget=forms.CheckboxSelectMultiple,
            )
        self.order_fields(["url", *self.event_names, "state", "version"])

    @property
    def event_names(self) -> list[str]:
        return [f"events_{number}" for number in range(len(GROUPS))]

    @property
    def event_fields(self) -> list[forms.BoundField]:
        """The groups of checkboxes, for the page."""
        return [self[name] for name in self.event_names]

    def clean_url(self) -> str:
        """An address Hub may connect to, as far as that can be said without asking DNS."""
        url: str = self.cleaned_data["url"]
        refusal = refusal_of(url)
        if refusal is not None:
            raise forms.ValidationError(str(URL_ERRORS.get(refusal, URL_ERRORS[Refusal.MALFORMED])))
        return url

    def clean(self) -> dict[str, Any]:
        """`events`: the chosen kinds, empty when all are (new kinds come too)."""
        data: dict[str, Any] = super().clean() or {}
        chosen = [kind for name in self.event_names for kind in data.get(name, [])]
        every = [kind for group in GROUPS for kind in group.kinds]
        wrong = any(name in self.errors for name in self.event_names)
        if not chosen and not wrong:
            self.add_error(self.event_names[0], _("Choose at least one event."))
        data["events"] = [] if len(chosen) == len(every) else [Kind(kind).value for kind in chosen]
        return data


def _network(text: str) -> str:
    """The canonical CIDR of one line; ValueError says in words what is wrong."""
    try:
        network = ip_network(text, strict=False)
    except ValueError:
        raise ValueError(
            _("“%(text)s” is not an address or CIDR range.") % {"text": text}
        ) from None
    if network.prefixlen == 0:
        raise ValueError(_("this range is every address; leave the field empty for that."))
    if "/" in text and ip_address(text.partition("/")[0]) != network.network_address:
        raise ValueError(
            _("“%(text)s” begins inside its range; write %(network)s.")
            % {"text": text, "network": network}
        )
    return str(network)
