from django.db import migrations

from accounts.row_security import protect


class Migration(migrations.Migration):
    """Apart from the table's own: the first check of its key reads the whole table."""

    dependencies = [("contacts", "0003_opt_out_settings")]
    operations = [protect("contacts_optoutsettings", system="SELECT")]
