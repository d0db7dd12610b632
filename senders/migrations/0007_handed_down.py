from django.db import migrations, models

from senders import settings_above_sql


class Migration(migrations.Migration):
    """What a parent sets is written down below it; a session may read what stands above it."""

    dependencies = [
        ("senders", "0006_leaner_indexes"),
    ]

    operations = [
        migrations.AddField(
            model_name="sendingsettings",
            name="hours_locked_below",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="sendingsettings",
            name="hours_origin",
            field=models.CharField(
                choices=[
                    ("own", "This account"),
                    ("parent", "The parent account"),
                    ("locked", "The parent account, locked"),
                ],
                default="own",
                max_length=6,
            ),
        ),
        migrations.AddField(
            model_name="sendingsettings",
            name="receipts_locked_below",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="sendingsettings",
            name="receipts_origin",
            field=models.CharField(
                choices=[
                    ("own", "This account"),
                    ("parent", "The parent account"),
                    ("locked", "The parent account, locked"),
                ],
                default="own",
                max_length=6,
            ),
        ),
        migrations.AddField(
            model_name="sendingsettings",
            name="spread_version",
            field=models.IntegerField(default=1),
        ),
        migrations.AddIndex(
            model_name="sendingsettings",
            index=models.Index(
                condition=models.Q(("version", models.F("spread_version")), _negated=True),
                fields=["account"],
                name="settings_to_spread",
            ),
        ),
        migrations.AddConstraint(
            model_name="sendingsettings",
            constraint=models.CheckConstraint(
                condition=models.Q(("hours_origin__in", ["own", "parent", "locked"])),
                name="hours_origin_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="sendingsettings",
            constraint=models.CheckConstraint(
                condition=models.Q(("receipts_origin__in", ["own", "parent", "locked"])),
                name="receipts_origin_is_known",
            ),
        ),
        migrations.RunSQL(settings_above_sql.opening(), migrations.RunSQL.noop),
    ]
