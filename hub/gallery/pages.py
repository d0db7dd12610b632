"""/_ui/: every component in every state, drawn by the templates and forms the console uses.

For staff and for a Hub in debug mode; for anyone else the pages do not exist.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Final, cast

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp_replace
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from accounts.access import ConsoleRequest
from accounts.memberships import Place
from accounts.models import Account, Membership
from billing.balance import Balance
from hub.context import Shell
from hub.demo.company import CURRENCY
from hub.gallery import sample_cards, samples
from hub.gallery.sample_letters import Sample, every_sample, shown
from hub.gallery.sample_pages import BY_KEY, WHOLE
from hub.menu import Link
from hub.navigation import Section
from hub.operations import is_staff

View = Callable[..., HttpResponse]
# The gallery's pages by URL name, as its tab bar has them.
TABS: Final[dict[str, Promise]] = {
    "ui": gettext_lazy("Components"),
    "ui_cards": gettext_lazy("Cards"),
    "ui_pages": gettext_lazy("Pages"),
    "ui_emails": gettext_lazy("Letters"),
    "ui_confirm": gettext_lazy("Confirmation page"),
}
LANGUAGES: Final = dict(settings.LANGUAGES)
# Instead of the console's own: mail carries its styles in itself.
LETTER_POLICY: Final = {
    "default-src": [NONE],
    "style-src": [UNSAFE_INLINE],
    "base-uri": [NONE],
    "form-action": [NONE],
    "frame-ancestors": [SELF],
    "sandbox": True,
}


def in_house(view: View) -> View:
    """Staff, or anybody where DEBUG says that this Hub has no customers."""

    @wraps(view)
    @never_cache
    @require_safe
    def guarded(request: HttpRequest, **kwargs: str) -> HttpResponse:
        if not (settings.DEBUG or is_staff(request)):
            raise Http404
        return view(request, **kwargs)

    return guarded


@in_house
def ui(request: HttpRequest) -> HttpResponse:
    """Every component; cards and what needs a page of its own have one."""
    sample = _as_owner(request)
    context = {**samples.components(request, sample), **_shell(request)}
    return TemplateResponse(request, "hub/ui.html", context)


@in_house
def ui_cards(request: HttpRequest) -> HttpResponse:
    """The cards of the settings pages, as an account with a parent has them."""
    _as_owner(request)
    context = {**sample_cards.cards(samples.account_below()), **_shell(request)}
    return TemplateResponse(request, "hub/ui_cards.html", context)


@in_house
def ui_pages(request: HttpRequest) -> HttpResponse:
    """Whole pages in states that are hard to meet, by what leads there."""
    _as_owner(request)
    return TemplateResponse(request, "hub/ui_pages.html", {"pages": WHOLE, **_shell(request)})


@in_house
def ui_page(request: HttpRequest, key: str) -> HttpResponse:
    """One of them, as people get it."""
    one = BY_KEY.get(key)
    if one is None:
        raise Http404
    sample = _as_owner(request)
    if one.under:
        # The menu and the tabs show where the page stands.
        under = reverse(f"console:{one.under}", args=[sample.public_id])
        cast(ConsoleRequest, request).stands_under = under
    context = {"address": request.path, "console": _room(request), **one.context(sample)}
    return TemplateResponse(request, one.template, context)


@in_house
def ui_confirm(request: HttpRequest) -> HttpResponse:
    """The page before an act that is hard to undo, with a name to type."""
    sample = _as_owner(request)
    return TemplateResponse(
        request,
        "parts/confirm.html",
        {
            **_shell(request),
            "title": _("Close this account"),
            "purpose": _(
                "Consequences by date, the name to type, and what the other button keeps."
            ),
            "consequences": [
                (_("Today"), _("Nothing is sent any more, and keys are refused.")),
                (_("After 14 days"), _("It is closed for good.")),
            ],
            "typed": sample.name,
            "confirm": _("Close this account"),
            "keep": _("Keep the account"),
            "back_url": reverse("ui"),
            "back_label": _("Components"),
        },
    )


@in_house
def ui_emails(request: HttpRequest) -> HttpResponse:
    """Every letter by its subject, in both languages."""
    _as_owner(request)
    rows = [
        (sample, [(code, shown(sample, code).subject) for code in LANGUAGES])
        for sample in every_sample()
    ]
    return TemplateResponse(request, "hub/ui_emails.html", {"rows": rows, **_shell(request)})


@in_house
def ui_email(request: HttpRequest, key: str) -> HttpResponse:
    """One letter in both languages, as HTML and as text."""
    _as_owner(request)
    sample = _sample(key)
    readings = [(code, name, shown(sample, code)) for code, name in LANGUAGES.items()]
    context = {"sample": sample, "readings": readings, **_shell(request)}
    return TemplateResponse(request, "hub/ui_email.html", context)


@csp_replace(LETTER_POLICY)
@xframe_options_sameorigin
@in_house
def ui_email_html(request: HttpRequest, key: str, language: str) -> HttpResponse:
    """The letter itself, for a frame: its own styles and nothing else may load or run."""
    if language not in LANGUAGES:
        raise Http404
    return HttpResponse(shown(_sample(key), language).html)


def _sample(key: str) -> Sample:
    found = next((sample for sample in every_sample() if sample.key == key), None)
    if found is None:
        raise Http404
    return found


def _as_owner(plain: HttpRequest) -> Account:
    """The request as its owner would make it, so that the shell stands around the page."""
    request = cast(ConsoleRequest, plain)
    request.account, request.role = samples.account(), Membership.Role.OWNER
    return request.account


def _shell(request: HttpRequest) -> dict[str, Any]:
    """The room around the page, with the gallery's own tabs in it."""
    shell = _room(request)
    shell.section = Section(_("Components"), "layout-dashboard", ())
    tabs = [Link(label, "", reverse(name), _current(request, name)) for name, label in TABS.items()]
    return {"console": shell, "tabs": tabs}


def _room(request: HttpRequest) -> Shell:
    """The shell with a balance and two accounts to choose from."""
    shell = Shell(request)
    assert shell.account is not None
    shell.balance = Balance(182_400_000, 2_140_000, CURRENCY)
    other = samples.account_below()
    other.state = Account.State.CLOSING
    shell.memberships = [Place(shell.account, shell.role), Place(other, shell.role)]
    return shell


def _current(request: HttpRequest, name: str) -> str:
    """The tab of this page; a letter is a page below that of all letters."""
    url = reverse(name)
    if request.path == url:
        return "page"
    return "true" if name != "ui" and request.path.startswith(url) else ""


urlpatterns = [
    path("_ui/", ui, name="ui"),
    path("_ui/cards/", ui_cards, name="ui_cards"),
    path("_ui/pages/", ui_pages, name="ui_pages"),
    path("_ui/pages/<slug:key>/", ui_page, name="ui_page"),
    path("_ui/confirm/", ui_confirm, name="ui_confirm"),
    path("_ui/emails/", ui_emails, name="ui_emails"),
    path("_ui/emails/<slug:key>/", ui_email, name="ui_email"),
    path("_ui/emails/<slug:key>/<slug:language>.html", ui_email_html, name="ui_email_html"),
]
