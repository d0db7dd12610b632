from django.urls import path

from accounts import views

urlpatterns = [
    path("open/", views.open_one, name="open_account"),
]
