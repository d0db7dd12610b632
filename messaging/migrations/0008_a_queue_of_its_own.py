import django.db.models.deletion
from django.db import migrations, models

from accounts.planner_statistics import small_sample, spread_unknown
from accounts.row_security import protect
from messaging import triggers_sql

STATES = (
    "scheduled",
    "held",
    "queued",
    "submitted",
    "delivered",
    "failed",
    "rejected",
    "expired",
    "cancelled",
    "unknown",
)
# The owner is behind the wall too, so it is lifted for the move, inside this transaction. What was
# on its way keeps its flight, which is looked at when it comes due.
MOVE = """
ALTER TABLE messaging_message NO FORCE ROW LEVEL SECURITY;
INSERT INTO messaging_waiting (message_id, account_id, due)
SELECT id, account_id, due FROM messaging_message
WHERE due IS NOT NULL AND state IN ('scheduled', 'held', 'queued');
UPDATE messaging_flight f SET route_id = m.route_id FROM messaging_message m
WHERE m.id = f.messages[1] AND m.route_id IS NOT NULL;
DROP TRIGGER message_step ON messaging_message;
UPDATE messaging_message SET state = 'queued', epoch = epoch - 1 WHERE state = 'sending';
ALTER TABLE messaging_message FORCE ROW LEVEL SECURITY;
"""

# Its later versions need no index entry any more, so little is left to a vacuum.
USUAL_VACUUM = """
ALTER TABLE messaging_message
    RESET (autovacuum_vacuum_scale_factor, autovacuum_analyze_scale_factor);
"""


class Migration(migrations.Migration):
    dependencies = [("messaging", "0007_attempt_keeps_reference")]

    operations = [
        migrations.CreateModel(
            name="Waiting",
            fields=[
                (
                    "message",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="waiting",
                        serialize=False,
                        to="messaging.message",
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="accounts.account",
                    ),
                ),
                ("due", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["account", "due", "message"], name="waiting_due")],
            },
            managers=[("unscoped", models.Manager())],
        ),
        migrations.AddField(
            model_name="flight",
            name="route_id",
            field=models.SmallIntegerField(default=0),
            preserve_default=False,
        ),
        migrations.RunSQL(MOVE, migrations.RunSQL.noop),
        migrations.RemoveIndex(model_name="message", name="message_due"),
        migrations.RemoveField(model_name="message", name="due"),
        migrations.RemoveField(model_name="message", name="route_id"),
        migrations.RemoveConstraint(model_name="message", name="message_state_is_known"),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(state__in=STATES), name="message_state_is_known"
            ),
        ),
        protect(
            "messaging_waiting",
            app="SELECT, INSERT, DELETE",
            system="SELECT, INSERT, UPDATE, DELETE",
        ),
        migrations.RunSQL(triggers_sql.state_trigger(), migrations.RunSQL.noop),
        migrations.RunSQL(USUAL_VACUUM, migrations.RunSQL.noop),
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
