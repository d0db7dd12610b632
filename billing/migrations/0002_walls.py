from django.db import migrations

from accounts.row_security import directory, protect, same_account


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_initial")]
    operations = [
        # Before the walls: the first check of a key reads whole tables.
        same_account("billing_ledgerentry", "txn_id", "billing_ledgertransaction"),
        same_account("billing_ledgerentry", "wallet_id", "billing_wallet"),
        directory("billing_price", web="SELECT", worker="SELECT, INSERT", system="SELECT"),
        protect("billing_wallet", app="SELECT", system="SELECT"),
        protect("billing_ledgertransaction", app="SELECT", system="SELECT"),
        protect("billing_ledgerentry", app="SELECT", system="SELECT"),
        protect("billing_daybalance", app="SELECT", system="SELECT, INSERT, UPDATE"),
    ]
