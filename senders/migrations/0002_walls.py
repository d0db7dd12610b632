from django.db import migrations

from accounts.row_security import directory, protect, same_account


class Migration(migrations.Migration):
    dependencies = [("senders", "0001_initial")]
    operations = [
        # Before the walls: the first check of a key reads whole tables.
        same_account("senders_sendingsettings", "default_sender_id", "senders_sender"),
        directory(
            "senders_inboundhandle", web="SELECT, INSERT", worker="SELECT, INSERT", system="SELECT"
        ),
        protect("senders_sender", system="SELECT"),
        protect("senders_sendingsettings", system="SELECT, UPDATE"),
        protect("senders_usagecounter", app="SELECT", system="SELECT"),
    ]
