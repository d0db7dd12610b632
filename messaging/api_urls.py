from django.urls import re_path

from apisettings.http import not_found
from messaging import api

urlpatterns = [
    re_path(r"^v1/messages/?$", api.messages, name="api_messages"),
    re_path(r"^v1/messages/check/?$", api.check, name="api_check"),
    re_path(r"^v1/messages/(?P<message_id>[^/]{1,64})/?$", api.message, name="api_message"),
    re_path(r"^v1(/|$)", not_found, name="api_not_found"),
]
