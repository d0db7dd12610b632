"""Console pages of API keys and webhooks, under /a/<account>/."""

from django.urls import URLPattern, path

from apisettings import views, webhook_views
from apisettings.views import Granted


def pages(transactional_granted: Granted) -> list[URLPattern]:
    """The pages; what only a higher floor knows is handed in."""
    return [
        path("api/keys/", views.keys, name="api_keys"),
        path(
            "api/keys/new/",
            views.key_new,
            {"transactional_granted": transactional_granted},
            name="api_key_new",
        ),
        path("api/keys/created/", views.key_created, name="api_key_created"),
        path("api/keys/<str:key_id>/revoke/", views.key_revoke, name="api_key_revoke"),
        path("api/webhooks/", webhook_views.webhook, name="api_webhooks"),
        path("api/webhooks/secret/", webhook_views.secret, name="api_webhook_secret"),
        path(
            "api/webhooks/secret/replace/",
            webhook_views.secret_replace,
            name="api_webhook_secret_replace",
        ),
        path("api/webhooks/test/", webhook_views.test, name="api_webhook_test"),
        path(
            "api/webhooks/deliveries/<uuid:delivery_id>/resend/",
            webhook_views.resend,
            name="api_webhook_resend",
        ),
    ]


urlpatterns = pages(lambda account: False)
