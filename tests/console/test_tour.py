"""Every address there is stands on the tour that looks at pages, or is left out for a reason."""

from typing import Final

from tests.browser import newcomer, tour
from tests.test_walls import ADDRESSES, PAGES, STAFF

# Addresses the tour does not open, and why. Doors of the console for POST alone are tried on the
# way: the tour asks each address first, and leaves out what is no page.
LEFT_OUT: Final = {
    "home": "leads to an account",
    "healthz": "for load balancers, not people",
    "metrics": "for programs",
    "set_language": "takes POST alone",
    "set_theme": "takes POST alone",
    "api_description": "for programs",
    "api_messages": "for programs",
    "api_message": "for programs",
    "api_check": "for programs",
    "api_not_found": "for programs",
    "account_set_password": "leads to the change of the password: everybody here has one",
    "account_confirm_login_code": "leads to the sign-in: Hub sends no such codes",
    "mfa_download_recovery_codes": "a file to keep",
    "usersessions_list": "our own page stands at its address",
    "ui_email_html": "a letter, which its page shows in a frame",
    "console:undo": "takes POST alone",
    **dict.fromkeys(tour.DOWNLOADS, "a file to keep"),
}


def test_every_address_is_on_the_tour_or_left_out_for_a_reason() -> None:
    there = {one.name for one in ADDRESSES if not one.name.startswith(STAFF)}
    on_tour = {
        *tour.ANONYMOUS,
        *tour.OWN,
        *tour.OURS,
        *tour.OF_MANY,
        *newcomer.MET,
        *(one.name for one in PAGES if one.name not in LEFT_OUT),
    }
    assert there - on_tour == set(LEFT_OUT)
    assert on_tour <= there
