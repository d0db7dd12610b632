"""When a session was last used, to within ten minutes: noted at most every five.

allauth's own USERSESSIONS_TRACK_ACTIVITY reads and writes the row with every request. Here a
process remembers whom it noted, and the row itself says whether another process did.
"""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from allauth.usersessions.models import UserSession
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from hub.lib.parts import wants_part

Answer = Callable[[HttpRequest], HttpResponse]

EVERY: Final = timedelta(minutes=5)
# Sessions a process remembers; then it begins anew.
MOST_REMEMBERED: Final = 10_000


class LastSeenMiddleware:
    """Stands inside sessions. A page that asks by itself for a part of it is nobody's doing."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response
        self.noted: dict[str, float] = {}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        # A session that was never read belongs to no page of a person's.
        if request.session.accessed and not wants_part(request):
            self._note(request.session.session_key or "")
        return response

    def _note(self, key: str) -> None:
        now = time.time()
        if not key or now - self.noted.get(key, 0) < EVERY.total_seconds():
            return
        if len(self.noted) >= MOST_REMEMBERED:
            self.noted.clear()
        self.noted[key] = now
        seen = timezone.now()
        rows = UserSession.objects.filter(session_key=key, last_seen_at__lte=seen - EVERY)
        rows.update(last_seen_at=seen)
