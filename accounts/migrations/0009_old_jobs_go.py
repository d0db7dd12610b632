from django.db import migrations


class Migration(migrations.Migration):
    """The worker may delete the rows of jobs that ended long ago."""

    dependencies = [("accounts", "0008_job_walls")]
    operations = [
        migrations.RunSQL(
            "GRANT DELETE ON accounts_job TO hub_worker;",
            "REVOKE DELETE ON accounts_job FROM hub_worker;",
        ),
    ]
