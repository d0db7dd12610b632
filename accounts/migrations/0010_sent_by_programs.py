from django.db import migrations, models

from accounts.planner_statistics import spread_unknown


class Migration(migrations.Migration):
    """What programs send is in the log too, and beside the index of what is shown first."""

    dependencies = [("accounts", "0009_old_jobs_go")]

    operations = [
        migrations.RemoveIndex(model_name="auditentry", name="audit_newest"),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(
                condition=models.Q(
                    ("action", "messages.sent"), ("actor_kind", "key"), _negated=True
                ),
                fields=["account", "-id"],
                name="audit_newest",
            ),
        ),
        spread_unknown("accounts_auditentry"),
    ]
