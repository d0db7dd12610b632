import django.db.models.deletion
from django.db import migrations, models

from accounts.row_security import drop_lone_index


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_leaner_indexes"),
        ("contacts", "0004_opt_out_walls"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="consentrecord",
                    name="account",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.account",
                    ),
                ),
                migrations.AlterField(
                    model_name="contact",
                    name="account",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.account",
                    ),
                ),
                migrations.AlterField(
                    model_name="optout",
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
        drop_lone_index("contacts_consentrecord", "account_id"),
        drop_lone_index("contacts_contact", "account_id"),
        drop_lone_index("contacts_optout", "account_id"),
    ]
