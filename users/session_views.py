"""Where a person is signed in: each browser, and the way to end what is not theirs any more."""

from dataclasses import dataclass
from typing import cast

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.auth.decorators import login_required
from django.contrib.sessions.models import Session
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from hub.lib.devices import is_phone
from users.devices import device_words
from users.models import User

OTHERS = "others"


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A browser that is signed in; `here` is the one that asks."""

    session: UserSession
    device: str
    icon: str
    here: bool


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sessions(request: HttpRequest) -> HttpResponse:
    """The list, this browser first, then the last active; a POST ends one of the others, or all."""
    person = cast(User, request.user)
    if request.method == "POST":
        return _end(request, person)
    shown = _open_sessions(request, person)
    context = {"sessions": shown, "others": len(shown) - 1}
    with timezone.override(person.time_zone or None):
        return TemplateResponse(request, "users/sessions.html", context).render()


def _open_sessions(request: HttpRequest, person: User) -> list[OpenSession]:
    if not UserSession.objects.filter(session_key=request.session.session_key).exists():
        UserSession.objects.create_from_request(request)  # begun before sessions were listed
    found = [
        OpenSession(
            session,
            device_words(session.user_agent),
            "smartphone" if is_phone(session.user_agent) else "monitor",
            session.session_key == request.session.session_key,
        )
        for session in _live(person)
    ]
    return sorted(found, key=lambda one: (not one.here, -one.session.last_seen_at.timestamp()))


def _live(person: User) -> list[UserSession]:
    """Those that still open the door; the others are forgotten. Three questions for any number,
    where allauth's own purge asks three for each."""
    mine = list(UserSession.objects.filter(user=person.pk))
    hashes = {person.get_session_auth_hash(), *person.get_session_auth_fallback_hash()}
    stored = Session.objects.filter(
        session_key__in=[one.session_key for one in mine], expire_date__gt=timezone.now()
    )
    valid = {one.session_key for one in stored if one.get_decoded().get(HASH_SESSION_KEY) in hashes}
    gone = [one.pk for one in mine if one.session_key not in valid]
    if gone:
        UserSession.objects.filter(pk__in=gone).delete()
    return [one for one in mine if one.session_key in valid]


def _end(request: HttpRequest, person: User) -> HttpResponse:
    asked = request.POST.get("end", "")
    others = UserSession.objects.filter(user=person.pk).exclude(
        session_key=request.session.session_key
    )
    if asked != OTHERS:
        if not asked.isascii() or not asked.isdigit() or len(asked) > 18:
            raise BadRequest("No such session.")
        others = others.filter(pk=int(asked))
    ended = list(others)
    for session in ended:
        session.end()
    told = ngettext("%(n)s session is ended.", "%(n)s sessions are ended.", len(ended))
    if ended:
        messages.success(request, told % {"n": len(ended)})
    else:
        messages.info(request, _("There was nothing to end any more."))
    return HttpResponseRedirect(request.path)
