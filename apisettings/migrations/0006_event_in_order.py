from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("apisettings", "0005_event_index")]
    operations = [
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                condition=models.Q(("position__isnull", False)),
                fields=["position"],
                name="event_in_order",
            ),
        ),
    ]
