from django.urls import path

from bench import views
from hub.urls import handler403, handler404, handler500, urlpatterns

__all__ = ["handler403", "handler404", "handler500"]

urlpatterns = [
    path("bench/noop", views.noop),
    # In the lane of the API, so that what is compared differs in the view alone.
    path("v1/bench/copy", views.copy),
    path("v1/bench/ungrouped", views.ungrouped),
    *urlpatterns,
]
