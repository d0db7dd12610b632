"""The card of automatic opt-out: own words, the confirmation, and a box to try a reply."""

from typing import Any, ClassVar, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from accounts.cards import CardForm, CardKind, Fact, Query
from accounts.conflicts import Values
from accounts.models import Account
from contacts.actions import OPT_OUT_CHANGED, SETTINGS, change_opt_out, opt_out_settings
from contacts.models import OptOutSettings
from contacts.optout_words import (
    START_WORDS,
    STOP_WORDS,
    Reading,
    read,
)
from contacts.own_words import LONGEST_WORD, MOST_WORDS, Refusal, everyday, refused, split_words

LONGEST_CONFIRMATION: Final = 320
LONGEST_TRY: Final = 200

WHY: Final[dict[str, Promise]] = {
    "long": gettext_lazy("“%(word)s” is longer than %(most)s letters."),
    "several": gettext_lazy("“%(word)s” is more than one word. Enter one word a line."),
    "signs": gettext_lazy("“%(word)s” has signs in it. Use letters, digits and hyphens only."),
    "mixed": gettext_lazy("“%(word)s” mixes letters of two alphabets that look alike."),
    "help": gettext_lazy("“%(word)s” asks for help in every account."),
    "stop": gettext_lazy("“%(word)s” stops messages in every account."),
    "start": gettext_lazy("“%(word)s” starts messages again in every account."),
    "both": gettext_lazy("“%(word)s” stands in both lists."),
    "twice": gettext_lazy("“%(word)s” is in the list already. Case and accents do not matter."),
    "fixed": gettext_lazy("“%(word)s” is a fixed word, which counts without being added."),
}
# What the script says; “{word}” is filled in by it.
TAGS: Final[dict[str, str | Promise]] = {
    "rows": "3",
    "spellcheck": "false",
    "data-tags": "",
    "data-add": gettext_lazy("Add a word"),
    "data-remove": gettext_lazy("Remove {word}"),
    "data-added": gettext_lazy("{word} added"),
    "data-removed": gettext_lazy("{word} removed"),
    "data-twice": gettext_lazy("{word} is in the list already"),
}


class OptOutForm(CardForm):
    """Words as a text with one a line, of which static/js/tags.js makes tags."""

    sets = SETTINGS
    switches: ClassVar = ("confirm",)

    extra_stop = forms.CharField(
        label=gettext_lazy("Your own words that stop"),
        help_text=gettext_lazy("At most 20. Case and accents do not matter: arrêt = ARRET."),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs=TAGS),
    )
    extra_start = forms.CharField(
        label=gettext_lazy("Your own words that start again"),
        help_text=gettext_lazy("At most 20."),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs=TAGS),
    )
    confirm = forms.BooleanField(
        label=gettext_lazy("Confirm each opt-out by text"),
        required=False,
        help_text=gettext_lazy(
            "Sent once for an opt-out, within 5 minutes, and never again. Billed like any message."
        ),
    )
    confirmation = forms.CharField(
        label=gettext_lazy("Text of the confirmation"),
        help_text=gettext_lazy("Say who you are and that no more messages follow. No advertising."),
        required=False,
        max_length=LONGEST_CONFIRMATION,
        widget=forms.Textarea(attrs={"rows": 3, "data-sms": "confirmation-count"}),
    )

    def shown(self) -> dict[str, Any]:
        saved = self.saved
        suggested = _(
            "%(name)s: you are unsubscribed and get no more messages. "
            "Reply START to subscribe again."
        ) % {"name": self.account.name}
        return {
            "extra_stop": "\n".join(saved["extra_stop"]),
            "extra_start": "\n".join(saved["extra_start"]),
            "confirm": saved["confirm"],
            "confirmation": saved["confirmation"] or suggested,
        }

    def clean_extra_stop(self) -> list[str]:
        return self._words("stop")

    def clean_extra_start(self) -> list[str]:
        return self._words("start", other=self.cleaned_data.get("extra_stop", ()))

    def clean_confirmation(self) -> str:
        text = str(self.cleaned_data["confirmation"]).replace("\r\n", "\n").strip()
        if any(not char.isprintable() and char != "\n" for char in text):
            raise ValidationError(_("The text contains characters that cannot be seen."))
        if self.cleaned_data.get("confirm") and not text:
            raise ValidationError(_("Enter the text, or turn the confirmation off."))
        # Off and never changed stays the default, not a text somebody chose.
        unchosen = not self.saved["confirmation"] and text == self.shown()["confirmation"]
        return "" if unchosen and not self.cleaned_data.get("confirm") else text

    def _words(self, kind: str, other: Any = ()) -> list[str]:
        words = split_words(self.cleaned_data[f"extra_{kind}"])
        told = [_refusal(one) for one in refused(words, kind=kind, other=other)]
        if len(words) > MOST_WORDS:
            told.append(_("Enter at most %(most)s words.") % {"most": MOST_WORDS})
        if told:
            raise ValidationError(told)
        return words


def _refusal(one: Refusal) -> str:
    return str(WHY[one.why]) % {"word": one.word[:40], "most": LONGEST_WORD}


def _values(row: OptOutSettings) -> dict[str, Any]:
    return {name: getattr(row, name) for name in SETTINGS}


def _defaults() -> dict[str, Any]:
    return _values(OptOutSettings())


def _facts(account: Account, values: Values) -> list[Fact]:
    none = pgettext("words", "None")
    return [
        Fact(_("Your own words that stop"), ", ".join(values["extra_stop"]) or none),
        Fact(_("Your own words that start again"), ", ".join(values["extra_start"]) or none),
        Fact(_("Confirm each opt-out by text"), _on_or_off(values["confirm"])),
        Fact(_("Text of the confirmation"), values["confirmation"] or none),
    ]


def _on_or_off(value: bool) -> str:
    return pgettext("setting", "On") if value else pgettext("setting", "Off")


def _short(values: Values) -> str:
    own = len(values["extra_stop"]) + len(values["extra_start"])
    if not own:
        return _("Fixed words only")
    return ngettext("%(n)d word of your own", "%(n)d words of your own", own) % {"n": own}


def _warnings(values: Values) -> list[str]:
    """Words people say without meaning it."""
    stop, start = everyday(values["extra_stop"]), everyday(values["extra_start"])
    told = []
    if stop:
        told.append(
            _("People also say %(words)s in ordinary answers. They would be opted out by it.")
            % {"words": ", ".join(stop)}
        )
    if start:
        told.append(
            _("People also say %(words)s in ordinary answers. That would lift their opt-out.")
            % {"words": ", ".join(start)}
        )
    return told


def _extras(account: Account, values: Values, query: Query) -> dict[str, Any]:
    """The fixed words, and what the reply in `?try=` would do."""
    tried = query.get("try", "").replace("\x00", "")[:LONGEST_TRY]
    found = read(tried, values["extra_stop"], values["extra_start"]) if tried.strip() else None
    return {
        "stop_words": sorted(word.upper() for word in STOP_WORDS),
        "start_words": sorted(word.upper() for word in START_WORDS),
        "tried": tried,
        "verdict": _verdict(tried, found, values) if found else "",
        "verdict_kind": {"stop": "warn", "start": "good"}.get(found.kind, "info") if found else "",
    }


def _verdict(tried: str, found: Reading, values: Values) -> str:
    named = {"word": found.word.upper()}
    whose = (
        _("%(word)s is a fixed word.") if found.source == "fixed" else _("%(word)s is your word.")
    )
    if found.kind == "stop":
        told = _("Opts the person out: nothing more is sent to them.")
        if values["confirm"]:
            told += " " + _("They get the confirmation once.")
        return f"{told} {whose % named}"
    if found.kind == "start":
        told = _("Lifts an opt-out that a reply had made.")
        return f"{told} {whose % named}"
    if found.kind == "help":
        told = _("Asks for help: it is kept as a reply and changes nothing.")
        return f"{told} {whose % named}"
    told = _("An ordinary reply: it changes nothing.")
    if any(word in STOP_WORDS for word in found.word.split()):
        told += " " + _("A stop word only counts when it is the whole reply.")
    return told


OPT_OUT: Final = CardKind(
    id="optout",
    title=gettext_lazy("Automatic opt-out"),
    purpose=gettext_lazy(
        "People who reply with one of these words get no more messages, or get them again."
    ),
    action=OPT_OUT_CHANGED,
    page="account_general",
    change="account.change",
    template="contacts/_opt_out.html",
    form=OptOutForm,
    row=opt_out_settings,
    values=_values,
    defaults=_defaults,
    save=change_opt_out,
    facts=_facts,
    short=_short,
    warnings=_warnings,
    extras=_extras,
)
