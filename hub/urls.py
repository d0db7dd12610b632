"""Every address. An account's pages lie under /a/<account ID>/ and are named `console:<page>`."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from accounts.urls import log_pages
from accounts.urls import pages as account_pages
from apisettings.urls import pages as api_pages
from hub import previews, views
from hub.cards import GENERAL_CARDS, UNDOABLES
from hub.coming import PAGES
from hub.dashboard import dashboard
from hub.help import api_description, help_page
from hub.lib.windows import Week
from senders.hours_picture import sentence

console: list[URLPattern | URLResolver] = [
    path("", dashboard, name="dashboard"),
    path(
        "",
        include(
            log_pages(
                undoables=UNDOABLES,
                value_words={"week": lambda stored: sentence(Week.parse(stored))},
            )
        ),
    ),
    path("", include("messaging.urls")),
    path("", include("senders.urls")),
    path("", include(api_pages(previews.transactional_granted))),
    path(
        "",
        include(
            account_pages(
                cards=GENERAL_CARDS,
                zone_consequences=previews.zone_consequences,
                closing_consequences=previews.closing_consequences,
            )
        ),
    ),
    *(path(page.path, views.coming(page), name=page.url_name) for page in PAGES),
]

urlpatterns = [
    path("", views.home, name="home"),
    path("healthz", views.healthz, name="healthz"),
    path("help/", help_page, name="help"),
    path("help/openapi.json", api_description, name="api_description"),
    path("preferences/language/", views.set_language, name="set_language"),
    path("preferences/theme/", views.set_theme, name="set_theme"),
    path("accounts/", views.account_list, name="account_list"),
    path("accounts/", include("accounts.urls")),
    path("accounts/", include("users.urls")),
    path("accounts/", include("allauth.urls")),
    path("a/<str:account_id>/", include((console, "console"))),
    path("", include("messaging.api_urls")),
    path("", include("hub.operations")),
    path("", include("hub.gallery.pages")),
    path("staff/", admin.site.urls),
]

handler400 = views.bad_request
handler403 = views.forbidden
handler404 = views.not_found
handler500 = views.server_error
