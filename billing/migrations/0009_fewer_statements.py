from django.db import migrations

from billing import ledger_sql


class Migration(migrations.Migration):
    dependencies = [("billing", "0008_day_balance_walls")]
    operations = [
        migrations.RunSQL(
            f"SET LOCAL ROLE hub_ledger; {ledger_sql.POST} {ledger_sql.MOVE} RESET ROLE;",
            migrations.RunSQL.noop,
        )
    ]
