from django.db import migrations, models

from accounts.row_security import directory


class Migration(migrations.Migration):
    dependencies = [("apisettings", "0002_walls")]
    operations = [
        migrations.CreateModel(
            name="Gauge",
            fields=[
                ("name", models.CharField(max_length=60, primary_key=True, serialize=False)),
                ("value", models.BigIntegerField()),
                ("at", models.DateTimeField()),
            ],
        ),
        directory(
            "apisettings_gauge",
            web="SELECT",
            worker="SELECT, INSERT, UPDATE",
            system="SELECT, INSERT, UPDATE",
        ),
    ]
