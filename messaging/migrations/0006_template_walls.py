from django.db import migrations

from accounts.row_security import protect


class Migration(migrations.Migration):
    dependencies = [("messaging", "0005_day_count_walls")]
    operations = [protect("messaging_messagetemplate", app="SELECT, INSERT, UPDATE")]
