from django.db import migrations

from senders import counter_sql


class Migration(migrations.Migration):
    dependencies = [("senders", "0002_walls")]
    operations = [migrations.RunSQL(counter_sql.closing(), migrations.RunSQL.noop)]
