from django.db import migrations

from billing import ledger_sql


class Migration(migrations.Migration):
    dependencies = [("billing", "0002_ledger")]
    operations = [migrations.RunSQL(ledger_sql.closing(), migrations.RunSQL.noop)]
