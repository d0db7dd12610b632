from django.db import migrations

from accounts.row_security import protect


class Migration(migrations.Migration):
    dependencies = [("messaging", "0004_day_counts")]
    operations = [
        protect("messaging_daycount", app="SELECT", system="SELECT, INSERT, UPDATE, DELETE"),
        migrations.RunSQL(
            """
            REVOKE ALL ON messaging_watermark FROM hub_web, hub_worker;
            GRANT SELECT, UPDATE ON messaging_watermark TO hub_system;
            INSERT INTO messaging_watermark (name, position) VALUES ('day_counts', 0);
            """,
            migrations.RunSQL.noop,
        ),
    ]
