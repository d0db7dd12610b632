from django.db import migrations

from accounts.planner_statistics import small_sample, spread_unknown


class Migration(migrations.Migration):
    dependencies = [("apisettings", "0002_walls")]
    operations = [
        small_sample("apisettings_event", "apisettings_delivery"),
        spread_unknown("apisettings_event", "apisettings_delivery"),
    ]
