from django.urls import path

from bench import views
from hub.urls import handler403, handler404, handler500, urlpatterns

__all__ = ["handler403", "handler404", "handler500"]

urlpatterns = [
    path("bench/noop", views.noop),
    path("bench/copy", views.copy),
    path("bench/ungrouped", views.ungrouped),
    *urlpatterns,
]
