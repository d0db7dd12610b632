from django.db import migrations

from accounts.row_security import directory, protect, same_account
from billing import ledger_sql


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_initial"), ("accounts", "0003_walls")]
    operations = [
        # Before the walls: the first check of a key reads whole tables.
        same_account("billing_ledgerentry", "txn_id", "billing_ledgertransaction"),
        same_account("billing_ledgerentry", "wallet_id", "billing_wallet"),
        directory("billing_price", web="SELECT", worker="SELECT, INSERT", system="SELECT"),
        protect("billing_wallet", app="SELECT", system="SELECT"),
        protect("billing_ledgertransaction", app="SELECT", system="SELECT"),
        protect("billing_ledgerentry", app="SELECT", system="SELECT"),
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
    ]
