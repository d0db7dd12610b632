from django.urls import path

from users import session_views, views

urlpatterns = [
    path("profile/", views.profile, name="profile"),
    path("sessions/", session_views.sessions, name="sessions"),
]
