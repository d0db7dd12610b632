from django.db import migrations

OPEN = """
ALTER DEFAULT PRIVILEGES IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO hub_web, hub_worker;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO hub_web, hub_worker;
GRANT SELECT ON django_migrations TO hub_web, hub_worker;
"""


class Migration(migrations.Migration):
    """Runs before every table is made: libraries' tables are usable by the logins, ours are
    revoked and granted one by one where they are made (accounts.row_security)."""

    initial = True
    run_before = [
        ("contenttypes", "0001_initial"),
        ("sessions", "0001_initial"),
        ("django_celery_beat", "0001_initial"),
    ]
    operations = [migrations.RunSQL(OPEN, migrations.RunSQL.noop)]
