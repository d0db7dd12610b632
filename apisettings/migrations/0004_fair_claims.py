from django.db import migrations, models


class Migration(migrations.Migration):
    """Claims hop from endpoint to endpoint; the console lists the newest deliveries first."""

    dependencies = [("apisettings", "0003_gauge")]
    operations = [
        migrations.RemoveIndex("delivery", "delivery_due"),
        migrations.AddIndex(
            "delivery",
            models.Index(
                fields=["webhook", "due", "id"],
                name="delivery_due_of_webhook",
                condition=models.Q(due__isnull=False),
            ),
        ),
        migrations.AddIndex(
            "delivery", models.Index(fields=["account", "-id"], name="delivery_newest")
        ),
    ]
