import django.db.models.deletion
from django.db import migrations, models

from accounts.row_security import drop_lone_index


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_leaner_indexes"),
        ("apisettings", "0006_event_in_order"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="event",
            name="event_newest",
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="apikey",
                    name="account",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.account",
                    ),
                ),
                migrations.AlterField(
                    model_name="delivery",
                    name="account",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.account",
                    ),
                ),
                migrations.AlterField(
                    model_name="deliveryattempt",
                    name="account",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.account",
                    ),
                ),
                migrations.AlterField(
                    model_name="webhook",
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
        drop_lone_index("apisettings_apikey", "account_id"),
        drop_lone_index("apisettings_delivery", "account_id"),
        drop_lone_index("apisettings_deliveryattempt", "account_id"),
        drop_lone_index("apisettings_webhook", "account_id"),
    ]
