"""Console pages of messages, under /a/<account ID>/ and named `console:<page>`."""

from django.urls import path

from messaging import views
from messaging.writing import new, templates

urlpatterns = [
    path("messages/", views.message_list, name="messages"),
    path("messages/new/", new.message_new, name="message_new"),
    path("messages/<uuid:message_id>/", views.message_detail, name="message"),
    path("messages/<uuid:message_id>/cancel/", views.message_cancel, name="message_cancel"),
    path("templates/", templates.template_list, name="templates"),
    path("templates/new/", templates.template_new, name="template_new"),
    path("templates/<uuid:template_id>/", templates.template, name="template"),
    path(
        "templates/<uuid:template_id>/archive/", templates.template_archive, name="template_archive"
    ),
    path(
        "templates/<uuid:template_id>/restore/", templates.template_restore, name="template_restore"
    ),
]
