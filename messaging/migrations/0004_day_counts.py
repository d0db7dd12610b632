import django.db.models.deletion
import django.db.models.manager
from django.db import migrations, models

import hub.lib.ids


class Migration(migrations.Migration):
    dependencies = [
        ("apisettings", "0006_event_in_order"),
        ("messaging", "0003_templates"),
    ]

    operations = [
        migrations.CreateModel(
            name="DayCount",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=hub.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("day", models.DateField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("accepted", "Accepted"),
                            ("held", "Held"),
                            ("submitted", "Submitted"),
                            ("delivered", "Delivered"),
                            ("undelivered", "Undelivered"),
                            ("failed", "Failed"),
                            ("rejected", "Rejected"),
                            ("expired", "Expired"),
                            ("cancelled", "Cancelled"),
                            ("unknown", "Unknown"),
                            ("received", "Received"),
                            ("opted_out", "Opted Out"),
                            ("opted_in", "Opted In"),
                        ],
                        max_length=11,
                    ),
                ),
                ("messages", models.BigIntegerField()),
                ("parts", models.BigIntegerField()),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.account",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("account", "day", "kind"), name="one_count_a_day_and_kind"
                    )
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Watermark",
            fields=[
                ("name", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("position", models.BigIntegerField(default=0)),
            ],
        ),
    ]
