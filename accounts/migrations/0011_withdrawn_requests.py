from django.db import migrations, models


class Migration(migrations.Migration):
    """A request may be withdrawn; the column itself stays as it is."""

    dependencies = [("accounts", "0010_sent_by_programs")]
    operations = [
        migrations.AlterField(
            model_name="accountrequest",
            name="state",
            field=models.CharField(
                choices=[
                    ("requested", "Requested"),
                    ("approved", "Approved"),
                    ("refused", "Refused"),
                    ("cancelled", "Withdrawn"),
                ],
                default="requested",
                max_length=9,
                verbose_name="state",
            ),
        ),
    ]
