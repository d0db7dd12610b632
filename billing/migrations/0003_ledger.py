from django.db import migrations

from billing import ledger_sql


class Migration(migrations.Migration):
    """No login may write what the walls guard here; `hub_ledger` may, by its functions alone."""

    dependencies = [("billing", "0002_walls"), ("accounts", "0003_walls")]
    operations = [
        migrations.RunSQL(
            """
            CREATE POLICY ledger ON billing_wallet TO hub_ledger USING (true) WITH CHECK (true);
            CREATE POLICY ledger ON billing_ledgertransaction TO hub_ledger
                USING (true) WITH CHECK (true);
            CREATE POLICY ledger ON billing_ledgerentry TO hub_ledger
                USING (true) WITH CHECK (true);
            GRANT SELECT, INSERT, UPDATE ON billing_wallet TO hub_ledger;
            GRANT SELECT, INSERT ON billing_ledgertransaction, billing_ledgerentry TO hub_ledger;
            """,
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(ledger_sql.TRIGGERS, migrations.RunSQL.noop),
        migrations.RunSQL(ledger_sql.MAY_ACT, migrations.RunSQL.noop),
        migrations.RunSQL(ledger_sql.FUNCTIONS, migrations.RunSQL.noop),
        migrations.RunSQL(ledger_sql.ownership(), migrations.RunSQL.noop),
        migrations.RunSQL(ledger_sql.closing(), migrations.RunSQL.noop),
    ]
