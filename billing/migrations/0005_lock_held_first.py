from django.db import migrations

from billing import ledger_sql


class Migration(migrations.Migration):
    dependencies = [("billing", "0004_lock_wallets_first")]
    operations = [
        migrations.RunSQL(
            f"SET LOCAL ROLE hub_ledger; {ledger_sql.POST} {ledger_sql.MOVE} RESET ROLE;",
            migrations.RunSQL.noop,
        )
    ]
