"""How allauth meets this product: who may sign up, and what sign-in leaves behind."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.base_user import AbstractBaseUser
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse

from users.middleware import is_spoken, language_of, remember_language
from users.models import User


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Sign-up is open: it makes a person, who opens an account or is invited into one."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return True

    def save_user(
        self, request: HttpRequest, user: AbstractBaseUser, form: BaseForm, commit: bool = True
    ) -> AbstractBaseUser:
        """The person's language is the one they signed up in."""
        assert isinstance(user, User)
        user.language = language_of(request)
        saved: AbstractBaseUser = super().save_user(request, user, form, commit)
        return saved

    def post_login(
        self, request: HttpRequest, user: AbstractBaseUser, **kwargs: Any
    ) -> HttpResponse:
        """From sign-in on, the browser speaks the person's language."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        language = getattr(user, "language", "")
        if is_spoken(language):
            remember_language(response, language)
        return response
