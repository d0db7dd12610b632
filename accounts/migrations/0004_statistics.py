from django.db import migrations

from accounts.planner_statistics import spread_unknown


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_walls")]
    operations = [spread_unknown("accounts_auditentry")]
