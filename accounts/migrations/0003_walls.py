from django.db import migrations

from accounts.row_security import directory, protect, same_account


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_initial")]
    operations = [
        # Before the walls: the first check of a key reads whole tables.
        same_account("accounts_jobfile", "job_id", "accounts_job"),
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
        directory("accounts_accountrequest", web="SELECT, INSERT, UPDATE", worker="SELECT"),
        # The web may write a letter and read none: it holds links that open doors.
        directory(
            "accounts_outgoingmail",
            web="INSERT",
            worker="SELECT, INSERT, UPDATE, DELETE",
            # Whoever works across accounts may ask whether something was told already.
            system="SELECT",
        ),
        protect("accounts_auditentry", app="SELECT, INSERT", system="SELECT, INSERT"),
        # The worker may delete the rows of jobs that ended long ago.
        protect("accounts_job", worker="SELECT, INSERT, UPDATE, DELETE", system="SELECT"),
        # The web hands files out; the worker alone writes and erases them.
        protect("accounts_jobfile", app="SELECT", worker="SELECT, INSERT, DELETE"),
        migrations.RunSQL(
            """
            GRANT SELECT ON accounts_account TO hub_ledger;
            ALTER TABLE accounts_account ADD CONSTRAINT account_path_ends_at_itself
                CHECK (path[cardinality(path)] = id AND cardinality(path) BETWEEN 1 AND 5);
            """,
            migrations.RunSQL.noop,
        ),
    ]
