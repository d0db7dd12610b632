"""What a parent sets is written down in the accounts below that are bound or follow.

A parent's change commits alone, in its own scope; its new `version` says that this is still to
do. A worker that dies between two accounts leaves it so, and the next does it again: an account
that has the values already stays as it is.
"""

from typing import Final

from accounts.models import Account
from accounts.statements import cursor
from accounts.tenancy import scope, system
from senders.actions import settings_of
from senders.inheriting import changed_by, inherit
from senders.models import SendingSettings
from senders.settings_above import HERITABLE
from subaccounts.actions import DEEPEST

MOST_AT_ONCE: Final = 500
# Most accounts have nobody below: for them it is done here.
DUE = """
WITH due AS (
    SELECT s.account_id, s.version,
           EXISTS (SELECT 1 FROM accounts_account c WHERE c.parent_id = s.account_id) AS above
    FROM senders_sendingsettings s WHERE s.version <> s.spread_version
    ORDER BY s.account_id LIMIT %s
), alone AS (
    UPDATE senders_sendingsettings s SET spread_version = due.version FROM due
    WHERE s.account_id = due.account_id AND NOT due.above
)
SELECT account_id FROM due WHERE above
"""


def spread_due() -> int:
    """The accounts below every parent that changed have what it sets, and those below them too;
    returns how many cards were changed. At most 500 parents a level."""
    written = 0
    for _level in range(DEEPEST):
        with system("find settings that accounts below have not yet"):
            due = [row[0] for row in cursor().execute(DUE, [MOST_AT_ONCE]).fetchall()]
        if not due:
            break
        written += sum(map(spread, Account.objects.filter(pk__in=due)))
    return written


def spread(parent: Account) -> int:
    """Those right below `parent` have what it sets; returns how many of their cards were changed.

    The version is read first: whatever happens to the parent after that, another account below it
    included, gives it a newer one and leaves something to do.
    """
    with scope(parent):
        version = settings_of(parent).version
        below = list(parent.children.exclude(state=Account.State.CLOSED))
        actors = {card: changed_by(parent, card) for card in HERITABLE} if below else {}
    written = 0
    for child in below:
        with scope(child):
            written += inherit(child, parent=parent.name, version=version, actors=actors)
    with scope(parent):
        SendingSettings.objects.for_account(parent).update(spread_version=version)
    return written
