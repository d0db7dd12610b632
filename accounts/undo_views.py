"""The button in the note after a change: POST /a/<account>/undo/<entry>/."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.access import ConsoleRequest, console
from accounts.models import AuditEntry
from accounts.permissions import allows
from accounts.undo import CannotUndo, Undoable, Why, tag_of, undo_change, undoing_of

UNDONE: Final = gettext_lazy("%(setting)s: undone. The earlier values apply again.")
NOT_UNDONE: Final = {
    Why.TOO_LATE: gettext_lazy(
        "%(setting)s: not undone, because more than 10 minutes have passed. Change it here."
    ),
    Why.CHANGED: gettext_lazy(
        "%(setting)s: not undone, because it was changed again meanwhile. These are the values now."
    ),
    Why.REFUSED: gettext_lazy(
        "%(setting)s: not undone, because the earlier value can no longer be chosen."
    ),
}


@console("dashboard.view")
@require_POST
def undo(
    request: ConsoleRequest, entry_id: UUID, *, undoables: Mapping[str, Undoable]
) -> HttpResponse:
    """The change of this entry is taken back, or a note says why not; then its settings.

    Whoever may make the change may undo it: the right is looked up with the entry.
    """
    entry = AuditEntry.objects.for_account(request.account).filter(pk=entry_id).first()
    undoable = undoables.get(entry.action) if entry else None
    if entry is None or undoable is None:
        raise Http404
    if not allows(request.role, undoable.permission):
        raise PermissionDenied(undoable.permission)
    named = {"setting": undoable.title(entry)}
    try:
        undo_change(
            request.account,
            actor=request.actor,
            entry=entry,
            undoable=undoable,
            now=timezone.now(),
        )
        undone = undoing_of(request.account, entry)
        undo = tag_of(request.account, undone) if undone and undone.action in undoables else ""
        messages.success(request, UNDONE % named, extra_tags=undo)
    except CannotUndo as stopped:
        messages.warning(request, NOT_UNDONE[stopped.why] % named)
    return HttpResponseRedirect(undoable.place(request.account, entry))
