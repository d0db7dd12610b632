from django.db import migrations

from accounts.row_security import directory, protect, same_account
from senders import counter_sql


class Migration(migrations.Migration):
    dependencies = [("senders", "0001_initial"), ("accounts", "0003_walls")]
    operations = [
        # Before the walls: the first check of a key reads whole tables.
        same_account("senders_sendingsettings", "default_sender_id", "senders_sender"),
        directory(
            "senders_inboundhandle", web="SELECT, INSERT", worker="SELECT, INSERT", system="SELECT"
        ),
        protect("senders_sender", system="SELECT"),
        protect("senders_sendingsettings", system="SELECT, UPDATE"),
        protect("senders_usagecounter", app="SELECT", system="SELECT"),
        migrations.RunSQL(
            """
            CREATE POLICY ledger ON senders_usagecounter TO hub_ledger
                USING (true) WITH CHECK (true);
            CREATE POLICY ledger ON senders_sendingsettings TO hub_ledger USING (true);
            GRANT SELECT, INSERT, UPDATE ON senders_usagecounter TO hub_ledger;
            GRANT SELECT ON senders_sendingsettings TO hub_ledger;
            """,
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(counter_sql.FUNCTIONS, migrations.RunSQL.noop),
        migrations.RunSQL(counter_sql.ownership(), migrations.RunSQL.noop),
    ]
