from django.db import migrations

from accounts.planner_statistics import small_sample, spread_unknown

# Half a page stays free for the later versions of its rows: a message is updated twice in its life,
# and neither update needs an index entry when it finds room beside the first version.
ROOM = "ALTER TABLE messaging_message SET (fillfactor = 50);"


class Migration(migrations.Migration):
    dependencies = [("messaging", "0003_triggers")]
    operations = [
        migrations.RunSQL(ROOM, migrations.RunSQL.noop),
        small_sample(
            "messaging_message",
            "messaging_waiting",
            "messaging_attempt",
            "messaging_receipt",
            "messaging_flight",
            "messaging_batch",
        ),
        spread_unknown("messaging_message", "messaging_inboundmessage"),
    ]
