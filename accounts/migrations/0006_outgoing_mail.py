from django.db import migrations, models

import hub.lib.ids
from accounts.row_security import directory


class Migration(migrations.Migration):
    """Mail has an outbox of its own; what an account's row owed its owners goes there."""

    dependencies = [("accounts", "0005_leaner_indexes"), ("users", "0002_time_zone")]
    operations = [
        migrations.CreateModel(
            name="OutgoingMail",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=hub.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("cause", models.CharField(max_length=160, null=True, unique=True)),
                ("to", models.EmailField(max_length=254)),
                ("subject", models.CharField(max_length=200)),
                ("text", models.TextField()),
                ("html", models.TextField()),
                ("tries", models.SmallIntegerField(default=0)),
                ("due", models.DateTimeField(null=True)),
                ("written_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("due__isnull", False)), fields=["due"], name="mail_due"
                    )
                ],
            },
        ),
        # The web may write a letter and read none: it holds links that open doors.
        directory(
            "accounts_outgoingmail",
            web="INSERT",
            worker="SELECT, INSERT, UPDATE, DELETE",
            # Whoever works across accounts may ask whether something was told already.
            system="SELECT",
        ),
        migrations.RemoveIndex(model_name="account", name="account_notice_owed"),
        migrations.RemoveField(model_name="account", name="owed_notice"),
    ]
