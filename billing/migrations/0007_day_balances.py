import django.db.models.deletion
import django.db.models.manager
from django.db import migrations, models

import hub.lib.ids


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_leaner_indexes"),
        ("billing", "0006_leaner_indexes"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="ledgertransaction",
            index=models.Index(
                condition=models.Q(("kind", "credit")),
                fields=["account", "-at"],
                name="credits_of_account",
            ),
        ),
        migrations.CreateModel(
            name="DayBalance",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=hub.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("day", models.DateField()),
                ("available", models.BigIntegerField()),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.account",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("account", "day"), name="one_balance_a_day")
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
    ]
