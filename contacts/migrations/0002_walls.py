from django.db import migrations

from accounts.row_security import protect


class Migration(migrations.Migration):
    dependencies = [("contacts", "0001_initial")]
    operations = [
        protect("contacts_contact", app="SELECT, INSERT, UPDATE, DELETE", system="SELECT"),
        protect("contacts_optout", app="SELECT, INSERT, DELETE", system="SELECT, INSERT, DELETE"),
        protect("contacts_consentrecord", app="SELECT, INSERT", system="SELECT, INSERT"),
        protect("contacts_optoutsettings", system="SELECT"),
    ]
