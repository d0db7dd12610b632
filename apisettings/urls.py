"""Console pages of API keys and webhooks, under /a/<account>/."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
