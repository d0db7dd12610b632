from collections.abc import Mapping, Sequence

from django.urls import URLPattern, path

from accounts import (
    activity_views,
    closing_views,
    general_views,
    job_views,
    undo_views,
    views,
)
from accounts.activity_export import FORMATS
from accounts.activity_words import ValueWords
from accounts.cards import CardKind
from accounts.closing_views import Consequences
from accounts.general_views import ZoneConsequences
from accounts.undo import Undoable

urlpatterns = [
    path("open/", views.open_one, name="open_account"),
]


def pages(
    *,
    cards: Sequence[CardKind],
    zone_consequences: ZoneConsequences,
    closing_consequences: Consequences,
) -> list[URLPattern]:
    """The console's pages; what only a higher floor knows is handed in."""
    return [
        path("account/general/", general_views.general, {"cards": cards}, name="account_general"),
        path(
            "account/general/time-zone/",
            general_views.zone,
            {"cards": cards, "consequences": zone_consequences},
            name="account_zone",
        ),
        path(
            "account/general/duplicates/",
            general_views.ask_duplicates,
            {"cards": cards},
            name="account_duplicates",
        ),
        path(
            "account/general/duplicates/withdraw/",
            general_views.withdraw_duplicates,
            name="account_duplicates_withdraw",
        ),
        path(
            "account/general/close/",
            closing_views.close,
            {"consequences": closing_consequences},
            name="account_close",
        ),
        path("account/general/keep/", closing_views.keep, name="account_keep"),
    ]


def log_pages(*, undoables: Mapping[str, Undoable], value_words: ValueWords) -> list[URLPattern]:
    """The log, jobs and Undo. `undoables` by action; `value_words` are of higher floors."""
    return [
        path(
            "account/activity/",
            activity_views.activity,
            {"value_words": value_words},
            name="account_activity",
        ),
        *(
            path(
                f"account/activity/export/{name}/",
                activity_views.export,
                {"name": name, "value_words": value_words},
                name=f"account_activity_{name}",
            )
            for name in FORMATS
        ),
        path("account/jobs/<uuid:job_id>/", job_views.job, name="account_job"),
        path("account/jobs/<uuid:job_id>/cancel/", job_views.cancel, name="account_job_cancel"),
        path("account/jobs/<uuid:job_id>/file/", job_views.file, name="account_job_file"),
        path(
            "undo/<uuid:entry_id>/",
            undo_views.undo,
            {"undoables": undoables},
            name="undo",
        ),
    ]
