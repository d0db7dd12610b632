import django.db.models.deletion
from django.db import migrations, models

from accounts.row_security import drop_lone_index

# The owner is behind the wall too, so it is lifted for the move, inside this transaction.
REFERENCES = """
ALTER TABLE messaging_attempt NO FORCE ROW LEVEL SECURITY;
ALTER TABLE messaging_carrierreference NO FORCE ROW LEVEL SECURITY;
UPDATE messaging_attempt a SET carrier = r.carrier, ref = r.ref, outcome = 'accepted'
FROM messaging_carrierreference r
WHERE r.message_id = a.message_id AND a.epoch = (
    SELECT max(l.epoch) FROM messaging_attempt l WHERE l.message_id = a.message_id);
ALTER TABLE messaging_attempt FORCE ROW LEVEL SECURITY;
"""
# Half a page stays free for the later versions of its rows: a message is updated three times in
# its life, and two of these need no index entry when they find room beside the first.
ROOM = "ALTER TABLE messaging_message SET (fillfactor = 50);"


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_leaner_indexes"),
        ("messaging", "0006_template_walls"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="receipt",
            name="receipt_of_message",
        ),
        migrations.AddField(
            model_name="attempt",
            name="carrier",
            field=models.CharField(blank=True, default="", max_length=20),
        ),
        migrations.AddField(
            model_name="attempt",
            name="ref",
            field=models.CharField(blank=True, default="", max_length=64),
        ),
        migrations.AlterField(
            model_name="attempt",
            name="outcome",
            field=models.CharField(max_length=12),
        ),
        migrations.AddConstraint(
            model_name="attempt",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ref", ""), _negated=True),
                fields=("carrier", "ref"),
                name="one_attempt_a_reference",
            ),
        ),
        migrations.RunSQL(REFERENCES, migrations.RunSQL.noop),
        migrations.DeleteModel(
            name="CarrierReference",
        ),
        migrations.RunSQL(ROOM, migrations.RunSQL.noop),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="batch",
                    name="account",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.account",
                    ),
                ),
                migrations.AlterField(
                    model_name="daycount",
                    name="account",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.account",
                    ),
                ),
                migrations.AlterField(
                    model_name="inboundmessage",
                    name="account",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.account",
                    ),
                ),
                migrations.AlterField(
                    model_name="messagetemplate",
                    name="account",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.account",
                    ),
                ),
            ],
        ),
        drop_lone_index("messaging_batch", "account_id"),
        drop_lone_index("messaging_daycount", "account_id"),
        drop_lone_index("messaging_inboundmessage", "account_id"),
        drop_lone_index("messaging_messagetemplate", "account_id"),
    ]
