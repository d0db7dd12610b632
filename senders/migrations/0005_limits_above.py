from django.db import migrations

from senders import counter_sql


class Migration(migrations.Migration):
    """An account may be told the limits of its parents, in which it counts."""

    dependencies = [("senders", "0004_shared_limits")]
    operations = [migrations.RunSQL(counter_sql.opening_above(), migrations.RunSQL.noop)]
