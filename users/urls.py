from django.urls import path

from users import email_views, session_views, views

urlpatterns = [
    # In the place of allauth's own.
    path("email/", email_views.AddressesView.as_view(), name="account_email"),
    path("profile/", views.profile, name="profile"),
    path("sessions/", session_views.sessions, name="sessions"),
]
