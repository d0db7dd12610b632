"""What allauth has to tell people, in our words: links to confirm, and notices of what changed."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.letters import Letter, Reader, page_address, reader, write_to
from hub.lib.money import show_when
from users.devices import device_words
from users.models import User

Context = Mapping[str, Any]


def post_letter(prefix: str, email: str, context: Context) -> None:
    """The letter that allauth calls `prefix` is in the outbox, in the reader's language.

    KeyError for one we have no words for: nothing is sent rather than something unread.
    """
    write = LETTERS[prefix]
    write_to([_reader(email, context)], lambda to: write({**context, "email": email}, to))


def _reader(email: str, context: Context) -> Reader:
    person = context.get("user") or _known(email)
    if person is not None:
        return reader(person, email=email)
    return Reader(None, email, "", get_language() or settings.LANGUAGE_CODE)


def _known(email: str) -> User | None:
    return User.objects.filter(emailaddress__email__iexact=email).first()


def _confirm(context: Context, to: Reader) -> Letter:
    return Letter(
        subject=_("Confirm your address"),
        lines=[
            _("Confirm that %(email)s is yours, so that you can sign in to Hub with it.") % context
        ],
        button=(_("Confirm the address"), context["activate_url"]),
        after=[_("The link works for 3 days. If you did not ask for this, ignore this letter.")],
    )


def _already_known(context: Context, to: Reader) -> Letter:
    return Letter(
        subject=_("You already have a sign-in"),
        lines=[
            _("Somebody tried to sign up to Hub with %(email)s, which you sign in with already.")
            % context,
            _("If it was you and you forgot your password, choose a new one."),
        ],
        button=(_("Choose a new password"), context["password_reset_url"]),
        after=[_("If it was not you, there is nothing to do: nothing was changed.")],
    )


def _reset(context: Context, to: Reader) -> Letter:
    return Letter(
        subject=_("Choose a new password"),
        lines=[_("Somebody, probably you, asked for a new password for %(email)s.") % context],
        button=(_("Choose a new password"), context["password_reset_url"]),
        after=[
            _(
                "The link works once. If you did not ask for it, ignore this letter: your password "
                "stays as it is."
            )
        ],
    )


def _unknown(context: Context, to: Reader) -> Letter:
    return Letter(
        subject=_("There is no sign-in for this address"),
        lines=[
            _("Somebody asked for a new password for %(email)s, with which nobody signs in here.")
            % context,
            _("If it was you, try another of your addresses, or create a sign-in."),
        ],
        button=(_("Create a sign-in"), context["signup_url"]),
        after=[_("If it was not you, there is nothing to do.")],
    )


def _notice(subject: str, line: str, context: Context, to: Reader) -> Letter:
    """Of the reader's sign-in: what changed, when, from where, and what if it was not them."""
    at: datetime = context["timestamp"]
    zone = to.time_zone or "UTC"
    return Letter(
        subject=subject,
        lines=[line],
        facts=[
            (_("When"), f"{show_when(at, zone, to.language, 'long')} ({zone})"),
            (_("Address"), context["ip"]),
            (_("Browser"), device_words(context["user_agent"])),
        ],
        button=(_("View your profile"), page_address("profile")),
        after=[
            _(
                "If this was not you, change your password at once and tell an owner of your "
                "account."
            )
        ],
    )


def _password_changed(context: Context, to: Reader) -> Letter:
    told = _("The password with which you sign in to Hub was changed.")
    return _notice(_("Your password was changed"), told, context, to)


def _password_reset(context: Context, to: Reader) -> Letter:
    told = _("A new password was chosen with the link we sent you.")
    return _notice(_("Your password was changed"), told, context, to)


def _email_changed(context: Context, to: Reader) -> Letter:
    told = _("Mail of Hub goes to %(to_email)s from now on, and no longer to %(from_email)s.")
    return _notice(_("Your main address was changed"), told % context, context, to)


def _email_removed(context: Context, to: Reader) -> Letter:
    told = _("You can no longer sign in with %(deleted_email)s.")
    return _notice(_("An address was removed"), told % context, context, to)


def _app_added(context: Context, to: Reader) -> Letter:
    told = _("After your password, Hub now asks for a code from your authenticator app.")
    return _notice(_("Two-step sign-in is on"), told, context, to)


def _app_removed(context: Context, to: Reader) -> Letter:
    told = _("Hub no longer asks for a code from your authenticator app.")
    return _notice(_("Two-step sign-in is off"), told, context, to)


def _codes_made(context: Context, to: Reader) -> Letter:
    told = _("You have new recovery codes; the ones you had before no longer work.")
    return _notice(_("New recovery codes"), told, context, to)


LETTERS: Final[dict[str, Callable[[Context, Reader], Letter]]] = {
    "account/email/email_confirmation": _confirm,
    "account/email/email_confirmation_signup": _confirm,
    "account/email/account_already_exists": _already_known,
    "account/email/password_reset_key": _reset,
    "account/email/unknown_account": _unknown,
    "account/email/password_changed": _password_changed,
    "account/email/password_set": _password_changed,
    "account/email/password_reset": _password_reset,
    "account/email/email_changed": _email_changed,
    "account/email/email_deleted": _email_removed,
    "mfa/email/totp_activated": _app_added,
    "mfa/email/totp_deactivated": _app_removed,
    "mfa/email/recovery_codes_generated": _codes_made,
}
