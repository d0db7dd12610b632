"""Console · API settings · API: the keys of an account."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import ConsoleRequest, console
from accounts.models import Account
from accounts.sure_form import SureForm
from apisettings import once
from apisettings.actions import KeyNameTaken, create_key, revoke_key
from apisettings.forms import KeyForm
from apisettings.models import ApiKey
from apisettings.scopes import LABELS, SHORT, Scope

MOST_SHOWN: Final = 200
UNUSED_DAYS: Final = 180
NEW_KEY: Final = "api_key"

Granted = Callable[[Account], bool]


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A key as the list shows it: its state as a badge, its rights in words."""

    key: ApiKey
    badge: str
    state: str
    rights: str
    usable: bool


@console("api.view")
@require_safe
def keys(request: ConsoleRequest) -> HttpResponse:
    """The keys that work, then those that no longer do."""
    newest = ApiKey.objects.for_account(request.account).order_by("-id")[:MOST_SHOWN]
    rows = [_row(key, timezone.now()) for key in newest]
    return render(
        request,
        "apisettings/keys.html",
        {
            "usable": [row for row in rows if row.usable],
            "ended": [row for row in rows if not row.usable],
        },
    )


@console("api.change")
@require_http_methods(["GET", "HEAD", "POST"])
def key_new(request: ConsoleRequest, *, transactional_granted: Granted) -> HttpResponse:
    """Make a key; `transactional_granted` says whether staff opened that scope to the account."""
    transactional = transactional_granted(request.account)
    form = KeyForm(request, transactional=transactional)
    if form.is_valid():
        try:
            return _made(request, form.cleaned_data)
        except KeyNameTaken:
            if once.waits(request, NEW_KEY, request.account.pk):  # pressed twice
                return redirect("console:api_key_created", request.account.public_id)
            form.add_error("name", _("A key of this name works already. Choose another name."))
    status = 422 if form.is_bound else 200
    context = {"form": form, "transactional": transactional}
    return render(request, "apisettings/key_new.html", context, status=status)


def _made(request: ConsoleRequest, given: dict[str, Any]) -> HttpResponse:
    made = create_key(
        request.account,
        actor=request.actor,
        name=given["name"],
        mode=given["mode"],
        scopes=given["scopes"],
        networks=given["networks"],
        expires_at=given["expires_on"],
    )
    once.keep(request, NEW_KEY, request.account.pk, made.key_id, made.secret)
    return redirect("console:api_key_created", request.account.public_id)


@console("api.change")
@require_safe
@never_cache
def key_created(request: ConsoleRequest) -> HttpResponse:
    """The new key with its secret, this once."""
    shown = once.take(request, NEW_KEY, request.account.pk)
    if shown is None:
        return render(request, "apisettings/shown_before.html", {"what": "key"})
    key_id, secret = shown
    key = ApiKey.objects.for_account(request.account).get(key_id=key_id)
    return render(
        request,
        "apisettings/key_created.html",
        {
            "key": key,
            "secret": secret,
            "may": [LABELS[one] for one in Scope if one in key.scopes],
            "base_url": settings.BASE_URL,
        },
    )


@console("api.change")
@require_http_methods(["GET", "HEAD", "POST"])
def key_revoke(request: ConsoleRequest, key_id: str) -> HttpResponse:
    """The page before revoking a key, and the revoking."""
    key = ApiKey.objects.for_account(request.account).filter(key_id=key_id).first()
    if key is None:
        raise Http404
    back = redirect("console:api_keys", request.account.public_id)
    form = SureForm(request, _("Programs that use this key may stop working"))
    if key.revoked_at or form.is_valid():
        works = key.revoked_at is None
        if works and revoke_key(request.account, actor=request.actor, key_id=key_id):
            messages.success(request, _("Key “%(name)s” is revoked.") % {"name": key.name})
        else:
            messages.info(request, _("Key “%(name)s” was revoked before.") % {"name": key.name})
        return back
    return render(
        request,
        "parts/confirm.html",
        {
            "title": _("Revoke “%(name)s”") % {"name": key.name},
            "purpose": key.key_id,
            "consequences": _consequences(key),
            "form": form,
            "confirm": _("Revoke this key"),
            "keep": _("Keep the key"),
            "back_url": back.url,
        },
        status=422 if form.is_bound else 200,
    )


def _consequences(key: ApiKey) -> list[tuple[str, str]]:
    if key.last_used_at:
        used = _("It was used in the last 24 hours: a program of yours depends on it.")
        unused = _("It was not used in the last 24 hours.")
        recent = timezone.now() - key.last_used_at < timedelta(days=1)
        told = used if recent else unused
    else:
        told = _("It was never used.")
    return [
        (_("Now"), told),
        (_("Within 5 seconds"), _("Every request with this key is refused with 401.")),
        (
            _("Afterwards"),
            _("Messages it sent keep going. It cannot be brought back: a new key takes its place."),
        ),
    ]


def _row(key: ApiKey, now: datetime) -> KeyRow:
    badge, state, usable = _state(key, now)
    names: list[str | Promise] = [SHORT[one] for one in Scope if one in key.scopes]
    rights = ", ".join(map(str, names))
    return KeyRow(key, badge, state, rights[:1].upper() + rights[1:], usable)


def _state(key: ApiKey, now: datetime) -> tuple[str, str, bool]:
    """The badge's kind, the state in words, and whether the key still works."""
    if key.revoked_at:
        return "off", pgettext("key", "Revoked"), False
    if key.expires_at and key.expires_at <= now:
        return "off", pgettext("key", "Expired"), False
    if key.expires_at and key.expires_at - now < timedelta(days=30):
        days = (key.expires_at - now).days + 1
        told = ngettext("Expires in %(days)d day", "Expires in %(days)d days", days)
        return "pend", told % {"days": days}, True
    unused = (now - (key.last_used_at or key.created_at)).days
    if unused >= UNUSED_DAYS:
        told = ngettext("Unused for %(n)d month", "Unused for %(n)d months", unused // 30)
        return "pend", told % {"n": unused // 30}, True
    if key.last_used_at is None:
        return "info", pgettext("key", "New"), True
    return "ok", pgettext("key", "Active"), True
