from django.db import migrations

from senders import counter_sql, settings_above_sql


class Migration(migrations.Migration):
    """Limits are counted, and what stands above an account is read, by functions alone."""

    dependencies = [("senders", "0002_walls"), ("accounts", "0003_walls")]
    operations = [
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
        migrations.RunSQL(counter_sql.closing(), migrations.RunSQL.noop),
        migrations.RunSQL(counter_sql.opening_above(), migrations.RunSQL.noop),
        migrations.RunSQL(settings_above_sql.opening(), migrations.RunSQL.noop),
    ]
