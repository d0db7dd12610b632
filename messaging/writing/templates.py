"""The console's pages of message templates: the list, one template, archive and restore."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.contrib import messages as flash
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import ConsoleRequest, console
from accounts.card_page import Clash, changed_words, clash_words
from accounts.models import Account
from accounts.permissions import allows
from accounts.undo import undo_tag
from hub.lib.fill import text_in
from hub.lib.forms import Problem, problems
from hub.lib.money import show_number
from hub.lib.pages import Page, decode, make_page
from hub.lib.segments import plain
from messaging.list_rows import excerpt
from messaging.listing import asked
from messaging.models import MessageTemplate
from messaging.writing import template_actions as actions
from messaging.writing.counted import counted, dear, listed, names_of_characters
from messaging.writing.template_form import TemplateForm

ARCHIVED_PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class Tab:
    """An entry of the tab bar."""

    label: str
    url: str
    current: str
    count: str = ""


@console("templates.view")
@require_safe
def template_list(request: ConsoleRequest) -> HttpResponse:
    """The active templates by name, or the archived ones, newest first."""
    archived = request.GET.get("state") == "archived"
    active = actions.active_templates(request.account)
    page = _archived(request) if archived else Page(active, None, None)
    here = _url(request, "templates")
    context = {
        "archived": archived,
        "rows": [_row(request, template) for template in page.rows],
        "tabs": [
            Tab(
                pgettext("templates", "Active"),
                here,
                "" if archived else "page",
                show_number(len(active), get_language() or "en") if active else "",
            ),
            Tab(
                pgettext("templates", "Archived"),
                f"{here}?state=archived",
                "page" if archived else "",
            ),
        ],
        "newer_url": f"{here}?state=archived&newer={page.newer}" if page.newer else "",
        "older_url": f"{here}?state=archived&older={page.older}" if page.older else "",
    }
    return TemplateResponse(request, "messaging/templates.html", context)


@console("templates.change")
@require_http_methods(["GET", "HEAD", "POST"])
def template_new(request: ConsoleRequest) -> HttpResponse:
    """An empty form; POST makes the template of it."""
    if request.method != "POST":
        return _form_page(request, TemplateForm())
    if request.POST.get("do") == "plain":
        return _form_page(request, plainer(request))
    form = TemplateForm(request.POST)
    if not form.is_valid():
        return _form_page(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    name, body = form.cleaned_data["name"], form.cleaned_data["text"]
    try:
        actions.create_template(request.account, actor=request.actor, name=name, body=body)
    except actions.NameTaken:
        # The same form, sent twice, is one template.
        if not _holders(request.account, name).filter(body=body).exists():
            return _name_taken(request, form, None)
    except actions.TooMany:
        form.add_error(None, _too_many())
        return _form_page(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    flash.success(request, _("Template “%(name)s” saved.") % {"name": name})
    return HttpResponseRedirect(_url(request, "templates"))


@console("templates.view", change="templates.change")
@require_http_methods(["GET", "HEAD", "POST"])
def template(request: ConsoleRequest, template_id: UUID) -> HttpResponse:
    """One template, with its form for those who may change it."""
    found = _find(request, template_id)
    if request.method != "POST":
        form = TemplateForm(initial={"name": found.name, "text": found.body})
        return _form_page(request, form, found)
    if found.archived_at:
        return _is_archived(request, template_id)
    if request.POST.get("do") == "plain":
        return _form_page(request, plainer(request), found, version=_version(request))
    return _change(request, TemplateForm(request.POST), found)


@console("templates.change")
@require_POST
def template_archive(request: ConsoleRequest, template_id: UUID) -> HttpResponse:
    """The template is put away, with a way back."""
    change = _act(request, actions.archive_template, template_id)
    if change.changes:
        undo = undo_tag(request.account, actions.ARCHIVED, change.changes)
        told = _("Template “%(name)s” archived. Messages written with it are not affected.")
        flash.success(request, told % {"name": change.template.name}, extra_tags=undo)
    return HttpResponseRedirect(_url(request, "templates"))


@console("templates.change")
@require_POST
def template_restore(request: ConsoleRequest, template_id: UUID) -> HttpResponse:
    """The template is offered again, unless its name or place was taken meanwhile."""
    archived = f"{_url(request, 'templates')}?state=archived"
    try:
        change = _act(request, actions.restore_template, template_id)
    except actions.NameTaken:
        told = _("Another template has this name now. Give that one another name, then restore.")
        flash.error(request, told)
        return HttpResponseRedirect(archived)
    except actions.TooMany:
        flash.error(request, _too_many())
        return HttpResponseRedirect(archived)
    if change.changes:
        undo = undo_tag(request.account, actions.RESTORED, change.changes)
        told = _("Template “%(name)s” restored.") % {"name": change.template.name}
        flash.success(request, told, extra_tags=undo)
    return HttpResponseRedirect(_url(request, "templates"))


def plainer(request: ConsoleRequest) -> TemplateForm:
    """The form as it was sent, its text in plain spellings; what was replaced is said."""
    given = {"name": request.POST.get("name", ""), "text": say_plainer(request)}
    return TemplateForm(initial=given)


def say_plainer(request: ConsoleRequest) -> str:
    """The posted text in plain spellings; a note says what was replaced."""
    text = request.POST.get("text", "").replace("\r\n", "\n")
    found = dear(text, names_of_characters())
    replaced = [one for one in found if one.spelling is not None]
    if replaced:
        told = _("Replaced: %(list)s. Nothing is saved yet.")
        flash.info(request, told % {"list": listed(replaced)})
    return plain(text)


def _change(request: ConsoleRequest, form: TemplateForm, found: MessageTemplate) -> HttpResponse:
    version = _version(request)
    if not form.is_valid():
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return _form_page(request, form, found, version=version, status=status)
    name, body = form.cleaned_data["name"], form.cleaned_data["text"]
    try:
        change = actions.change_template(
            request.account,
            found.pk,
            actor=request.actor,
            expected_version=version,
            name=name,
            body=body,
        )
    except actions.StaleVersion as stale:
        return _form_page(
            request, form, stale.saved, clash=_clash(request, form, stale.saved),
            status=HTTPStatus.CONFLICT,
        )  # fmt: skip
    except actions.NameTaken:
        return _name_taken(request, form, found)
    except actions.Archived:
        return _is_archived(request, found.pk)
    if change.changes:
        undo = undo_tag(request.account, actions.CHANGED, change.changes)
        told = _("Template “%(name)s” saved.") % {"name": name}
        flash.success(request, told, extra_tags=undo)
    else:
        flash.info(request, _("Nothing to save, it stood so already."))
    return HttpResponseRedirect(_url(request, "template", template_id=found.pk))


def _form_page(
    request: ConsoleRequest,
    form: TemplateForm,
    found: MessageTemplate | None = None,
    *,
    version: int | None = None,
    clash: Clash | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    if found is not None and version is None:
        version = found.version
    context: dict[str, Any] = {
        "form": form,
        "template": found,
        "counted": counted(text_in(request, form["text"])),
        "version": version,
        "card": {"id": "template", "clash": clash},
        "here": request.path,
        "changed": changed_words(request, found.changed_by, found.changed_at, text=found.name)
        if found
        else "",
        "may_change": allows(request.role, "templates.change")
        and not (found and found.archived_at),
        "invalid": bool(form.errors) or clash is not None,
        "problems": _clash_problem() if clash else problems(form),
    }
    return TemplateResponse(request, "messaging/template.html", context, status=status)


def _name_taken(
    request: ConsoleRequest, form: TemplateForm, found: MessageTemplate | None
) -> HttpResponse:
    form.add_error("name", _("Another template has this name. Choose another one."))
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    return _form_page(request, form, found, version=_version(request), status=status)


def _is_archived(request: ConsoleRequest, template_id: UUID) -> HttpResponse:
    flash.warning(request, _("This template is archived. Restore it to change it."))
    return HttpResponseRedirect(_url(request, "template", template_id=template_id))


def _clash(request: ConsoleRequest, form: TemplateForm, saved: MessageTemplate) -> Clash:
    mine = form.cleaned_data
    return Clash(
        clash_words(saved.changed_by, saved.changed_at, timezone.get_current_timezone_name()),
        [(_("Name"), saved.name, mine["name"]), (_("Text"), saved.body, mine["text"])],
    )


def _clash_problem() -> list[Problem]:
    told = _("Changed meanwhile. Nothing was saved; choose which values to keep.")
    return [Problem("template-clash", told)]


def _row(request: ConsoleRequest, found: MessageTemplate) -> dict[str, Any]:
    return {
        "template": found,
        "url": _url(request, "template", template_id=found.pk),
        "use_url": f"{_url(request, 'message_new')}?template={found.pk}",
        "excerpt": excerpt(found.body),
        "segments": counted(found.body).segments.parts,
    }


def _archived(request: ConsoleRequest) -> Page[MessageTemplate]:
    came, cursor = asked(request.GET)
    said = f"{settings.SECRET_KEY}\x1farchived templates\x1f{request.account.pk}"
    key = sha256(said.encode()).digest()
    rows = MessageTemplate.objects.for_account(request.account).exclude(archived_at=None)
    try:
        [start] = decode(cursor, key) if cursor else (None,)
    except ValueError:
        came, start = "first", None
    if start is not None:
        rows = rows.filter(**{"id__gt" if came == "newer" else "id__lt": start})
    rows = rows.order_by("id" if came == "newer" else "-id")[: ARCHIVED_PAGE + 1]
    return make_page(list(rows), ARCHIVED_PAGE, lambda row: (str(row.pk),), key, came=came)


def _act(
    request: ConsoleRequest, action: Callable[..., actions.Change], template_id: UUID
) -> actions.Change:
    try:
        return action(request.account, template_id, actor=request.actor)
    except MessageTemplate.DoesNotExist:
        raise Http404 from None


def _find(request: ConsoleRequest, template_id: UUID) -> MessageTemplate:
    mine = MessageTemplate.objects.for_account(request.account)
    found = mine.filter(id=template_id).first()
    if found is None:
        raise Http404
    return found


def _holders(account: Account, name: str) -> QuerySet[MessageTemplate]:
    mine = MessageTemplate.objects.for_account(account)
    return mine.filter(archived_at=None, name__iexact=name)


def _too_many() -> str:
    most = show_number(actions.MOST_ACTIVE, get_language() or "en")
    return _("An account has at most %(most)s templates. Archive one first.") % {"most": most}


def _version(request: ConsoleRequest) -> int:
    """The version a form was shown with; a missing or mangled one is older than all."""
    try:
        return max(int(request.POST.get("version", "")), -1)
    except ValueError:
        return -1


def _url(request: ConsoleRequest, name: str, **kwargs: object) -> str:
    return reverse(f"console:{name}", kwargs={"account_id": request.account.public_id, **kwargs})
