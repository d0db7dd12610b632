from django.db import migrations

from accounts.row_security import protect


class Migration(migrations.Migration):
    # On its own: the first check of a key reads the whole table.
    dependencies = [("billing", "0007_day_balances")]
    operations = [
        protect("billing_daybalance", app="SELECT", system="SELECT, INSERT, UPDATE"),
    ]
