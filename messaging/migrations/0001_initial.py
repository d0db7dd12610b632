import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.manager
import hub.lib.ids
from django.db import migrations, models


class Migration(migrations.Migration):
    """Messages, their queue, and what carriers answer."""

    initial = True

    dependencies = [('accounts', '0002_initial')]

    operations = [
        migrations.CreateModel(
            name='Route',
            fields=[
                ('id', models.SmallAutoField(primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=40, unique=True)),
                ('gateway', models.CharField(max_length=20)),
                ('prefixes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=15), default=list, size=None)),
                ('active', models.BooleanField(default=True)),
                ('last_answer_at', models.DateTimeField(null=True)),
                ('last_error_at', models.DateTimeField(null=True)),
                ('last_error', models.CharField(blank=True, max_length=120)),
            ],
        ),
        migrations.CreateModel(
            name='Batch',
            fields=[
                ('id', models.UUIDField(default=hub.lib.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('key', models.CharField(max_length=255, null=True)),
                ('hash', models.BinaryField(max_length=32)),
                ('count', models.SmallIntegerField()),
                ('trails', models.JSONField()),
                ('channel', models.CharField(max_length=10)),
                ('actor', models.CharField(max_length=120)),
                ('test', models.BooleanField(default=False)),
                ('at', models.DateTimeField()),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.account')),
            ],
            options={
                'indexes': [
                    models.Index(condition=models.Q(('key__isnull', False)), fields=['at'], name='batch_with_key'),
                ],
                'constraints': [
                    models.UniqueConstraint(fields=('account', 'id'), name='batch_of_account'),
                    models.UniqueConstraint(fields=('account', 'key'), name='one_batch_a_key'),
                ],
            },
            managers=[
                ('unscoped', django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.UUIDField(default=hub.lib.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('sender_id', models.UUIDField(null=True)),
                ('trail_no', models.SmallIntegerField()),
                ('parts', models.SmallIntegerField()),
                ('epoch', models.IntegerField(default=0)),
                ('settings_version', models.IntegerField()),
                ('code', models.SmallIntegerField(null=True)),
                ('price', models.BigIntegerField()),
                ('updated_at', models.DateTimeField()),
                ('expires', models.DateTimeField()),
                ('state', models.CharField(max_length=10)),
                ('reason', models.CharField(max_length=24, null=True)),
                ('message_class', models.CharField(default='standard', max_length=13)),
                ('test', models.BooleanField(default=False)),
                ('wants_receipt', models.BooleanField(default=True)),
                ('to', models.CharField(max_length=16)),
                ('source', models.CharField(max_length=16)),
                ('body', models.TextField()),
                ('extra', models.JSONField(null=True)),
                ('gate_trail', models.JSONField(null=True)),
                ('account', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='accounts.account')),
                ('batch', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='messaging.batch')),
            ],
            options={
                'indexes': [
                    models.Index(fields=['account', '-id'], name='message_newest'),
                    models.Index(fields=['account', 'to'], name='message_by_number'),
                ],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('state__in', ('scheduled', 'held', 'queued', 'submitted', 'delivered', 'failed', 'rejected', 'expired', 'cancelled', 'unknown'))), name='message_state_is_known'),
                ],
            },
            managers=[
                ('unscoped', django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name='Waiting',
            fields=[
                ('message', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name='waiting', serialize=False, to='messaging.message')),
                ('account', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='accounts.account')),
                ('due', models.DateTimeField()),
            ],
            options={
                'indexes': [
                    models.Index(fields=['account', 'due', 'message'], name='waiting_due'),
                ],
            },
            managers=[
                ('unscoped', django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name='Attempt',
            fields=[
                ('pk', models.CompositePrimaryKey('message_id', 'epoch', blank=True, editable=False, primary_key=True, serialize=False)),
                ('message_id', models.UUIDField()),
                ('epoch', models.IntegerField()),
                ('route_id', models.SmallIntegerField()),
                ('parts', models.SmallIntegerField()),
                ('at', models.DateTimeField()),
                ('outcome', models.CharField(max_length=12)),
                ('detail', models.CharField(blank=True, default='', max_length=60)),
                ('account', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='accounts.account')),
                ('carrier', models.CharField(blank=True, default='', max_length=20)),
                ('ref', models.CharField(blank=True, default='', max_length=64)),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('ref', ''), _negated=True), fields=('carrier', 'ref'), name='one_attempt_a_reference'),
                ],
            },
            managers=[
                ('unscoped', django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name='Flight',
            fields=[
                ('id', models.UUIDField(default=hub.lib.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('stage', models.CharField(choices=[('sending', 'Sending'), ('unknown', 'Unknown'), ('receipts', 'Receipts')], max_length=8)),
                ('due', models.DateTimeField(db_index=True)),
                ('messages', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), size=None)),
                ('route_id', models.SmallIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='Receipt',
            fields=[
                ('pk', models.CompositePrimaryKey('carrier', 'ref', 'status', blank=True, editable=False, primary_key=True, serialize=False)),
                ('message_id', models.UUIDField(null=True)),
                ('carrier', models.CharField(max_length=20)),
                ('ref', models.CharField(max_length=64)),
                ('status', models.CharField(max_length=10)),
                ('code', models.SmallIntegerField()),
                ('echoed_id', models.UUIDField(null=True)),
                ('at', models.DateTimeField()),
                ('received_at', models.DateTimeField()),
                ('account', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='accounts.account')),
            ],
            options={
                'indexes': [
                    models.Index(condition=models.Q(('message_id__isnull', True)), fields=['received_at'], name='receipt_parked'),
                ],
            },
            managers=[
                ('unscoped', django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name='MessageTemplate',
            fields=[
                ('id', models.UUIDField(default=hub.lib.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=80)),
                ('body', models.CharField(max_length=1600)),
                ('version', models.IntegerField(default=1)),
                ('changed_at', models.DateTimeField()),
                ('changed_by', models.CharField(max_length=120)),
                ('archived_at', models.DateTimeField(null=True)),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.account')),
            ],
            options={
                'indexes': [
                    models.Index(fields=['account', '-id'], name='template_newest'),
                ],
                'constraints': [
                    models.UniqueConstraint(models.F('account'), django.db.models.functions.text.Lower('name'), condition=models.Q(('archived_at__isnull', True)), name='one_active_template_a_name'),
                ],
            },
            managers=[
                ('unscoped', django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name='InboundMessage',
            fields=[
                ('id', models.UUIDField(default=hub.lib.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('source', models.CharField(max_length=16)),
                ('destination', models.CharField(max_length=16)),
                ('text', models.TextField()),
                ('kind', models.CharField(choices=[('reply', 'Reply'), ('stop', 'Opt-out'), ('start', 'Opt-in'), ('help', 'Help')], max_length=5)),
                ('reply_to', models.UUIDField(null=True)),
                ('carrier_ref', models.CharField(max_length=64)),
                ('at', models.DateTimeField()),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.account')),
            ],
            options={
                'indexes': [
                    models.Index(fields=['account', '-id'], name='inbound_newest'),
                ],
                'constraints': [
                    models.UniqueConstraint(fields=('account', 'carrier_ref'), name='one_inbound_a_reference'),
                ],
            },
            managers=[
                ('unscoped', django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name='DayCount',
            fields=[
                ('id', models.UUIDField(default=hub.lib.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('day', models.DateField()),
                ('kind', models.CharField(choices=[('accepted', 'Accepted'), ('held', 'Held'), ('submitted', 'Submitted'), ('delivered', 'Delivered'), ('undelivered', 'Undelivered'), ('failed', 'Failed'), ('rejected', 'Rejected'), ('expired', 'Expired'), ('cancelled', 'Cancelled'), ('unknown', 'Unknown'), ('received', 'Received'), ('opted_out', 'Opted Out'), ('opted_in', 'Opted In')], max_length=11)),
                ('messages', models.BigIntegerField()),
                ('parts', models.BigIntegerField()),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.account')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('account', 'day', 'kind'), name='one_count_a_day_and_kind'),
                ],
            },
            managers=[
                ('unscoped', django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name='Watermark',
            fields=[
                ('name', models.CharField(max_length=40, primary_key=True, serialize=False)),
                ('position', models.BigIntegerField(default=0)),
            ],
        ),
    ]
