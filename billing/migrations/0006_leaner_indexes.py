import django.db.models.deletion
from django.db import migrations, models

from accounts.row_security import drop_lone_index


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_leaner_indexes"),
        ("billing", "0005_lock_held_first"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="ledgerentry",
                    name="account",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.account",
                    ),
                ),
                migrations.AlterField(
                    model_name="ledgerentry",
                    name="txn",
                    field=models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="billing.ledgertransaction",
                    ),
                ),
                migrations.AlterField(
                    model_name="ledgerentry",
                    name="wallet",
                    field=models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="billing.wallet",
                    ),
                ),
                migrations.AlterField(
                    model_name="ledgertransaction",
                    name="account",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.account",
                    ),
                ),
                migrations.AlterField(
                    model_name="wallet",
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
        drop_lone_index("billing_ledgerentry", "account_id"),
        drop_lone_index("billing_ledgerentry", "txn_id"),
        drop_lone_index("billing_ledgerentry", "wallet_id"),
        drop_lone_index("billing_ledgertransaction", "account_id"),
        drop_lone_index("billing_wallet", "account_id"),
    ]
