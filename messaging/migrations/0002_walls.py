from django.db import migrations

from accounts.row_security import directory, protect
from messaging import triggers_sql


class Migration(migrations.Migration):
    dependencies = [("messaging", "0001_initial"), ("senders", "0002_walls")]
    operations = [
        directory(
            "messaging_route",
            web="SELECT",
            worker="SELECT, INSERT, UPDATE",
            system="SELECT, UPDATE",
        ),
        protect("messaging_batch", app="SELECT, INSERT", system="SELECT, UPDATE"),
        protect("messaging_message", system="SELECT, INSERT, UPDATE"),
        protect("messaging_attempt", app="SELECT", system="SELECT, INSERT, UPDATE"),
        protect("messaging_carrierreference", app="SELECT", system="SELECT, INSERT"),
        protect("messaging_receipt", app="SELECT", system="SELECT, INSERT, UPDATE"),
        protect("messaging_inboundmessage", app="SELECT, INSERT", system="SELECT, INSERT"),
        migrations.RunSQL(
            """
            REVOKE ALL ON messaging_flight FROM hub_web, hub_worker;
            GRANT SELECT, INSERT, UPDATE, DELETE ON messaging_flight TO hub_system;
            """,
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(triggers_sql.SENDER, migrations.RunSQL.noop),
        migrations.RunSQL(triggers_sql.state_trigger(), migrations.RunSQL.noop),
        migrations.RunSQL(
            """
            ALTER TABLE messaging_message SET (fillfactor = 80);
            ALTER TABLE messaging_message
                SET (autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.02);
            """,
            migrations.RunSQL.noop,
        ),
    ]
