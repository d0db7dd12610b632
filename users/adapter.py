"""How allauth meets this product: who may sign up, and what sign-in leaves behind."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.base_user import AbstractBaseUser
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse

from accounts.addresses import client_address
from accounts.sign_ins import record_sign_in
from users.letters import post_letter
from users.middleware import is_spoken, language_of, remember_language
from users.models import User


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Sign-up is open: it makes a person, who opens an account or is invited into one."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return True

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Goes to the outbox as all mail does, in our words and layout."""
        post_letter(template_prefix, email, context)

    def send_notification_mail(
        self,
        template_prefix: str,
        user: AbstractBaseUser,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """A notice knows whom it is for."""
        super().send_notification_mail(
            template_prefix, user, {**(context or {}), "user": user}, email
        )

    def get_client_ip(self, request: HttpRequest) -> str:
        """As the activity log has it: behind as many proxies as the operator says."""
        return client_address(request) or "0.0.0.0"  # noqa: S104 - "not known", not a bind

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
        """Each of the person's accounts has it in its log; the browser speaks their language."""
        assert isinstance(user, User)
        record_sign_in(user.pk, name=user.get_full_name(), address=client_address(request))
        response: HttpResponse = super().post_login(request, user, **kwargs)
        if is_spoken(user.language):
            remember_language(response, user.language)
        return response
