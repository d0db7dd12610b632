import django.db.models.deletion
from django.db import migrations, models

from accounts.row_security import drop_lone_index


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_leaner_indexes"),
        ("senders", "0005_limits_above"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="sender",
                    name="account",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.account",
                    ),
                ),
                migrations.AlterField(
                    model_name="usagecounter",
                    name="account",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.account",
                    ),
                ),
            ],
        ),
        drop_lone_index("senders_sender", "account_id"),
        drop_lone_index("senders_usagecounter", "account_id"),
    ]
