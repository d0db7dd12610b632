from django.db import migrations

from messaging import triggers_sql


class Migration(migrations.Migration):
    dependencies = [("messaging", "0002_walls"), ("senders", "0002_walls")]
    operations = [
        migrations.RunSQL(triggers_sql.SENDER, migrations.RunSQL.noop),
        migrations.RunSQL(triggers_sql.state_trigger(), migrations.RunSQL.noop),
    ]
