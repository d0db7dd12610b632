"""The senders a message may be written from, or looked for by."""

from accounts.models import Account
from senders.models import Sender, SendingSettings


def active_senders(account: Account) -> list[Sender]:
    """The account's active senders, the default one first, then by address; needs its scope."""
    default = (
        SendingSettings.objects.for_account(account)
        .values_list("default_sender_id", flat=True)
        .first()
    )
    active = Sender.objects.for_account(account).filter(state=Sender.State.ACTIVE)
    return sorted(active, key=lambda sender: (sender.pk != default, sender.address))
