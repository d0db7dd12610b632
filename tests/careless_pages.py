"""Pages that forget to filter, beside Hub's own: what the walls are for. See test_tenancy."""

from django.db import connection
from django.http import HttpResponse
from django.template import engines
from django.template.response import TemplateResponse
from django.urls import include, path

from accounts.access import ConsoleRequest, console
from contacts.models import Contact
from hub import urls


@console("messages.view")
def lazy(request: ConsoleRequest) -> TemplateResponse:
    template = engines["django"].from_string("{% for one in rows %}{{ one.name }} {% endfor %}")
    return TemplateResponse(request, template, {"rows": Contact.unscoped.all()})


@console("messages.view", change="messages.cancel")
def changing(request: ConsoleRequest) -> HttpResponse:
    return HttpResponse(request.role)


@console("messages.view")
def careless(request: ConsoleRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM contacts_contact")
        return HttpResponse(" ".join(row[0] for row in cursor.fetchall()))


handler403, handler404, handler500 = urls.handler403, urls.handler404, urls.handler500
extra = [
    path("lazy/", lazy, name="lazy"),
    path("changing/", changing, name="changing"),
    path("careless/", careless, name="careless"),
    *urls.console,
]
urlpatterns = [path("a/<str:account_id>/", include((extra, "console"))), *urls.urlpatterns]
