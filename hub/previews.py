"""What a page of a lower floor needs from a higher one; handed to the view in `urls.py`."""

from accounts.models import Account
from senders.models import SendingSettings


def transactional_granted(account: Account) -> bool:
    """True when staff opened the transactional message class to `account`. Needs its scope."""
    settings = SendingSettings.objects.for_account(account)
    return bool(settings.values_list("transactional_granted", flat=True).first())
