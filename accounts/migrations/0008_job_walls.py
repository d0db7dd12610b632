from django.db import migrations

from accounts.row_security import protect, same_account


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_jobs")]
    operations = [
        # Before the walls: the first check of a key reads whole tables.
        same_account("accounts_jobfile", "job_id", "accounts_job"),
        protect("accounts_job", system="SELECT"),
        # The web hands files out; the worker alone writes and erases them.
        protect("accounts_jobfile", app="SELECT", worker="SELECT, INSERT, DELETE"),
    ]
