from django.db import migrations

from accounts.row_security import directory, protect


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_initial")]
    operations = [
        directory(
            "accounts_account",
            web="SELECT, INSERT, UPDATE",
            worker="SELECT, INSERT, UPDATE",
            system="SELECT, UPDATE",
        ),
        directory(
            "accounts_membership",
            web="SELECT, INSERT, UPDATE, DELETE",
            worker="SELECT, INSERT, UPDATE",
            system="SELECT",
        ),
        protect("accounts_auditentry", app="SELECT, INSERT", system="SELECT, INSERT"),
        migrations.RunSQL(
            """
            GRANT SELECT ON accounts_account TO hub_ledger;
            ALTER TABLE accounts_account ADD CONSTRAINT account_path_ends_at_itself
                CHECK (path[cardinality(path)] = id AND cardinality(path) BETWEEN 1 AND 5);
            """,
            migrations.RunSQL.noop,
        ),
    ]
