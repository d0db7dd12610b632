from django.db import migrations

from accounts.row_security import directory, protect, same_account


class Migration(migrations.Migration):
    dependencies = [("apisettings", "0001_initial")]
    operations = [
        # Before the walls: the first check of a key reads whole tables.
        same_account("apisettings_delivery", "webhook_id", "apisettings_webhook"),
        same_account("apisettings_deliveryattempt", "delivery_id", "apisettings_delivery"),
        directory("apisettings_keyhandle", web="SELECT, INSERT", worker="SELECT, INSERT"),
        directory(
            "apisettings_heartbeat",
            web="SELECT",
            worker="SELECT, INSERT, UPDATE",
            system="SELECT, INSERT, UPDATE",
        ),
        directory(
            "apisettings_gauge",
            web="SELECT",
            worker="SELECT, INSERT, UPDATE",
            system="SELECT, INSERT, UPDATE",
        ),
        protect("apisettings_apikey", system="SELECT, UPDATE"),
        protect("apisettings_event", app="SELECT, INSERT", system="SELECT, INSERT, UPDATE"),
        protect("apisettings_webhook", system="SELECT, UPDATE"),
        protect("apisettings_delivery", system="SELECT, INSERT, UPDATE"),
        protect("apisettings_deliveryattempt", app="SELECT, INSERT", system="SELECT, INSERT"),
        migrations.RunSQL(
            """
            CREATE SEQUENCE apisettings_event_position;
            GRANT USAGE ON SEQUENCE apisettings_event_position TO hub_web, hub_worker, hub_system;
            """,
            migrations.RunSQL.noop,
        ),
    ]
