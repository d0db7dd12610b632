from django.db import migrations

from senders import counter_sql


class Migration(migrations.Migration):
    """Every counter of a family is told, so that its accounts share what is left."""

    dependencies = [("senders", "0003_close_functions")]
    operations = [migrations.RunSQL(counter_sql.replacing(), migrations.RunSQL.noop)]
