"""Console pages of numbers and sending settings, under /a/<account>/."""

from django.urls import URLPattern, URLResolver, path

from senders import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("numbers/active/", views.active, name="numbers_active"),
    path("numbers/settings/", views.settings, name="numbers_settings"),
    path("numbers/settings/origin/", views.origin, name="numbers_origin"),
    path("numbers/settings/limit/zero/", views.limit_zero, name="numbers_limit_zero"),
]
