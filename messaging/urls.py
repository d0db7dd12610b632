"""Console pages of messages, under /a/<account ID>/ and named `console:<page>`."""

from django.urls import path

from messaging import views

urlpatterns = [
    path("messages/", views.message_list, name="messages"),
    path("messages/new/", views.message_new, name="message_new"),
    path("messages/<uuid:message_id>/", views.message_detail, name="message"),
    path("messages/<uuid:message_id>/cancel/", views.message_cancel, name="message_cancel"),
]
