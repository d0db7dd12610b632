import django.db.models.deletion
from django.db import migrations, models

from accounts.row_security import drop_lone_index


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_general")]
    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="auditentry",
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
        drop_lone_index("accounts_auditentry", "account_id"),
    ]
