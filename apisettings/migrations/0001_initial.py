import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.manager
import hub.lib.ids
from django.db import migrations, models


class Migration(migrations.Migration):
    """API keys, the outbox, and what is posted to webhooks."""

    initial = True

    dependencies = [('accounts', '0002_initial')]

    operations = [
        migrations.CreateModel(
            name='KeyHandle',
            fields=[
                ('key_id', models.CharField(max_length=20, primary_key=True, serialize=False)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.account')),
            ],
        ),
        migrations.CreateModel(
            name='ApiKey',
            fields=[
                ('id', models.UUIDField(default=hub.lib.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('key_id', models.CharField(max_length=20)),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('mode', models.CharField(choices=[('live', 'Live'), ('test', 'Test')], default='live', max_length=4)),
                ('digest', models.BinaryField(max_length=32)),
                ('scopes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), size=None)),
                ('networks', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=43), blank=True, default=list, size=None)),
                ('expires_at', models.DateTimeField(null=True)),
                ('revoked_at', models.DateTimeField(null=True)),
                ('last_used_at', models.DateTimeField(null=True)),
                ('last_used_from', models.GenericIPAddressField(null=True)),
                ('created_by', models.CharField(blank=True, max_length=120)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.account')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('account', 'key_id'), name='one_key_an_id'),
                ],
            },
            managers=[
                ('unscoped', django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name='Event',
            fields=[
                ('id', models.UUIDField(default=hub.lib.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=40)),
                ('payload', models.JSONField()),
                ('test', models.BooleanField(default=False)),
                ('at', models.DateTimeField()),
                ('position', models.BigIntegerField(null=True)),
                ('account', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='accounts.account')),
            ],
            options={
                'indexes': [
                    models.Index(condition=models.Q(('position__isnull', True)), fields=['id'], name='event_waiting'),
                    models.Index(condition=models.Q(('position__isnull', False)), fields=['position'], name='event_in_order'),
                ],
            },
            managers=[
                ('unscoped', django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name='Webhook',
            fields=[
                ('id', models.UUIDField(default=hub.lib.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('url', models.CharField(max_length=1000)),
                ('events', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), default=list, size=None)),
                ('state', models.CharField(choices=[('active', 'Active'), ('paused', 'Paused by you'), ('stopped', 'Paused by us')], default='active', max_length=8)),
                ('secret', models.BinaryField()),
                ('previous_secret', models.BinaryField(null=True)),
                ('previous_until', models.DateTimeField(null=True)),
                ('failing_since', models.DateTimeField(null=True)),
                ('last_success_at', models.DateTimeField(null=True)),
                ('version', models.IntegerField(default=1)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.account')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('account', 'id'), name='webhook_of_account'),
                    models.UniqueConstraint(fields=('account',), name='one_webhook_an_account'),
                ],
            },
            managers=[
                ('unscoped', django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.UUIDField(default=hub.lib.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('event_id', models.UUIDField()),
                ('kind', models.CharField(max_length=40)),
                ('body', models.TextField()),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('delivered', 'Delivered'), ('exhausted', 'Given up')], default='waiting', max_length=9)),
                ('tries', models.SmallIntegerField(default=0)),
                ('due', models.DateTimeField(null=True)),
                ('lease_until', models.DateTimeField(null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.account')),
                ('webhook', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='apisettings.webhook')),
            ],
            options={
                'indexes': [
                    models.Index(condition=models.Q(('due__isnull', False)), fields=['webhook', 'due', 'id'], name='delivery_due_of_webhook'),
                    models.Index(fields=['account', '-id'], name='delivery_newest'),
                ],
                'constraints': [
                    models.UniqueConstraint(fields=('account', 'id'), name='delivery_of_account'),
                    models.UniqueConstraint(fields=('account', 'webhook', 'event_id'), name='one_delivery_an_event'),
                ],
            },
            managers=[
                ('unscoped', django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name='DeliveryAttempt',
            fields=[
                ('id', models.UUIDField(default=hub.lib.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('status', models.SmallIntegerField(null=True)),
                ('error', models.CharField(blank=True, max_length=60)),
                ('milliseconds', models.IntegerField()),
                ('excerpt', models.CharField(blank=True, max_length=2048)),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.account')),
                ('delivery', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='apisettings.delivery')),
            ],
            options={
                'indexes': [
                    models.Index(fields=['account', 'delivery'], name='tries_of_delivery'),
                ],
            },
            managers=[
                ('unscoped', django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name='Heartbeat',
            fields=[
                ('name', models.CharField(max_length=40, primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Gauge',
            fields=[
                ('name', models.CharField(max_length=60, primary_key=True, serialize=False)),
                ('value', models.BigIntegerField()),
                ('at', models.DateTimeField()),
            ],
        ),
    ]
