"""Every reason a message waits, is refused or fails: the one catalogue behind page, API and DLR.

A sentence is formatted with the values that decided (`%(zone)s`, `%(until)s`, ...), which the
trail holds. Codes below 900 are the incumbent's (spec api-contract 5.1); 900 and up are ours.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from messaging import states

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Lazy


@dataclass(frozen=True, slots=True)
class Reason:
    """`state` and `code` the message gets, the sentence people read, and the way out."""

    key: str
    state: str
    code: int
    sentence: "Lazy"
    action: "Lazy | None" = None
    action_url: str = ""
    billed: bool = False


def _reason(*args: object, **kwargs: object) -> tuple[str, Reason]:
    reason = Reason(*args, **kwargs)  # type: ignore[arg-type]
    return reason.key, reason


SETTINGS: Final = "console:numbers_settings"

REASONS: Final[dict[str, Reason]] = dict(
    [
        _reason("scheduled", states.SCHEDULED, 101, _("Scheduled for %(until)s.")),
        _reason(
            "outside_hours",
            states.HELD,
            910,
            _("Outside sending hours (%(local)s in %(zone)s). Sends %(until)s."),
            _("View sending hours"),
            SETTINGS + "#hours",
        ),
        _reason(
            "never_open",
            states.HELD,
            910,
            _("The sending hours leave no minute open. Looked at again %(until)s."),
            _("Change sending hours"),
            SETTINGS + "#hours",
        ),
        _reason(
            "zone_unknown",
            states.HELD,
            913,
            _("The recipient’s time zone is not known, so it is held. Looked at again %(until)s."),
            _("Choose what happens then"),
            SETTINGS + "#hours",
        ),
        _reason(
            "zones_disagree",
            states.HELD,
            913,
            _(
                "The number may be in several time zones with no common sending hour. "
                "Looked at again %(until)s."
            ),
            _("Choose what happens then"),
            SETTINGS + "#hours",
        ),
        _reason(
            "limit_held",
            states.HELD,
            911,
            _("The limit of %(cap)s segments is reached (%(used)s used). Sends %(until)s."),
            _("View the limit"),
            SETTINGS + "#limit",
        ),
        _reason(
            "limit_reached",
            states.REJECTED,
            301,
            _("The limit of %(cap)s segments is reached (%(used)s used)."),
            _("View the limit"),
            SETTINGS + "#limit",
        ),
        _reason("opted_out", states.REJECTED, 302, _("This person replied STOP.")),
        _reason(
            "no_balance",
            states.REJECTED,
            901,
            _("The balance does not cover this request: %(price)s needed, %(available)s left."),
            _("View billing"),
            "console:billing_subscription",
        ),
        _reason("suspended", states.REJECTED, 902, _("The account is suspended.")),
        _reason(
            "suspended_wait",
            states.HELD,
            902,
            _("The account is suspended. Looked at again %(until)s."),
        ),
        _reason(
            "closing_wait",
            states.HELD,
            902,
            _("The account is being closed. The message leaves only if an owner reopens it."),
            _("View the account"),
            "console:account_general#close",
        ),
        _reason("closed", states.REJECTED, 902, _("The account is closed.")),
        _reason(
            "sender_not_yours",
            states.REJECTED,
            303,
            _("The sender %(source)s is not registered for this account."),
            _("View senders"),
            "console:numbers_active",
        ),
        _reason(
            "no_sender",
            states.REJECTED,
            410,
            _("The message names no sender and the account has no default one."),
            _("View senders"),
            "console:numbers_active",
        ),
        _reason(
            "country_off",
            states.REJECTED,
            304,
            _("Sending to this country (%(country)s) is not enabled for this account."),
        ),
        _reason(
            "too_many_parts",
            states.REJECTED,
            331,
            _("The text takes %(parts)s segments; at most %(max)s were allowed."),
        ),
        _reason(
            "no_price", states.REJECTED, 304, _("There is no price for this country (%(country)s).")
        ),
        _reason(
            "no_route", states.FAILED, 332, _("No carrier route leads to this number. Not billed.")
        ),
        _reason(
            "expired",
            states.EXPIRED,
            320,
            _("Its validity ended before it could be sent. Not billed."),
        ),
        _reason(
            "carrier_refused",
            states.FAILED,
            402,
            _("The carrier refused it (%(detail)s). Not billed."),
        ),
        _reason(
            "undeliverable",
            states.FAILED,
            400,
            _("The carrier could not deliver it (%(detail)s)."),
            billed=True,
        ),
        _reason(
            "expired_at_carrier",
            states.EXPIRED,
            401,
            _("Its validity ended before the carrier could deliver it."),
            billed=True,
        ),
        _reason(
            "unanswered",
            states.UNKNOWN,
            330,
            _("Handed to the carrier, which did not answer. It is not sent again by itself."),
        ),
        _reason(
            "unknown_closed",
            states.FAILED,
            330,
            _("The carrier never answered within 72 hours. Not billed."),
        ),
        _reason(
            "no_receipt",
            states.SUBMITTED,
            212,
            _("The carrier sent no delivery receipt."),
            billed=True,
        ),
        _reason(
            "not_requested",
            states.SUBMITTED,
            212,
            _("No delivery receipt was requested."),
            _("View delivery receipts"),
            SETTINGS + "#receipts",
            billed=True,
        ),
        _reason("cancelled", states.CANCELLED, 405, _("Cancelled before it was sent. Not billed.")),
    ]
)
