from django.db import migrations

from accounts.row_security import directory, protect


class Migration(migrations.Migration):
    dependencies = [("messaging", "0001_initial")]
    operations = [
        directory(
            "messaging_route",
            web="SELECT",
            worker="SELECT, INSERT, UPDATE",
            system="SELECT, UPDATE",
        ),
        protect("messaging_batch", app="SELECT, INSERT", system="SELECT, UPDATE"),
        protect("messaging_message", system="SELECT, INSERT, UPDATE"),
        protect(
            "messaging_waiting",
            app="SELECT, INSERT, DELETE",
            system="SELECT, INSERT, UPDATE, DELETE",
        ),
        protect("messaging_attempt", app="SELECT", system="SELECT, INSERT, UPDATE"),
        protect("messaging_receipt", app="SELECT", system="SELECT, INSERT, UPDATE"),
        protect("messaging_messagetemplate", app="SELECT, INSERT, UPDATE"),
        protect("messaging_inboundmessage", app="SELECT, INSERT", system="SELECT, INSERT"),
        protect("messaging_daycount", app="SELECT", system="SELECT, INSERT, UPDATE, DELETE"),
        # Of no account and seen by no login. A watermark is moved and never made, so it is here.
        migrations.RunSQL(
            """
            REVOKE ALL ON messaging_flight, messaging_watermark FROM hub_web, hub_worker;
            GRANT SELECT, INSERT, UPDATE, DELETE ON messaging_flight TO hub_system;
            GRANT SELECT, UPDATE ON messaging_watermark TO hub_system;
            INSERT INTO messaging_watermark (name, position) VALUES ('day_counts', 0);
            """,
            migrations.RunSQL.noop,
        ),
    ]
