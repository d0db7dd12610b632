import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.manager
import hub.lib.ids
from django.db import migrations, models


class Migration(migrations.Migration):
    """From whom, under which rules, and what was used of the limits."""

    initial = True

    dependencies = [('accounts', '0002_initial')]

    operations = [
        migrations.CreateModel(
            name='Sender',
            fields=[
                ('id', models.UUIDField(default=hub.lib.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('address', models.CharField(max_length=16)),
                ('kind', models.CharField(choices=[('alpha', 'Alpha tag'), ('number', 'Dedicated number'), ('short_code', 'Short code')], max_length=10)),
                ('state', models.CharField(choices=[('active', 'Active'), ('ended', 'Ended')], default='active', max_length=6)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.account')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('account', 'id'), name='sender_of_account'),
                    models.UniqueConstraint(fields=('account', 'address'), name='one_sender_an_address'),
                ],
            },
            managers=[
                ('unscoped', django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name='InboundHandle',
            fields=[
                ('address', models.CharField(max_length=16, primary_key=True, serialize=False)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.account')),
            ],
        ),
        migrations.CreateModel(
            name='SendingSettings',
            fields=[
                ('account', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='accounts.account')),
                ('version', models.IntegerField(default=1)),
                ('hours_on', models.BooleanField(default=False)),
                ('hours_clock', models.CharField(choices=[('recipient', 'the recipient’s time zone'), ('account', 'the account time zone')], default='recipient', max_length=9)),
                ('week', models.JSONField(default=dict)),
                ('unknown_zone_uses_account', models.BooleanField(default=False)),
                ('limit_day', models.BigIntegerField(null=True)),
                ('limit_month', models.BigIntegerField(null=True)),
                ('over_limit', models.CharField(choices=[('hold', 'Hold messages until the limit resets'), ('discard', 'Reject messages with an error')], default='hold', max_length=7)),
                ('receipts', models.BooleanField(default=True)),
                ('reviewed_version', models.IntegerField(default=1)),
                ('transactional_granted', models.BooleanField(default=False)),
                ('countries', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=2), blank=True, null=True, size=None)),
                ('default_sender', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='senders.sender')),
                ('hours_locked_below', models.BooleanField(default=False)),
                ('hours_origin', models.CharField(choices=[('own', 'This account'), ('parent', 'The parent account'), ('locked', 'The parent account, locked')], default='own', max_length=6)),
                ('receipts_locked_below', models.BooleanField(default=False)),
                ('receipts_origin', models.CharField(choices=[('own', 'This account'), ('parent', 'The parent account'), ('locked', 'The parent account, locked')], default='own', max_length=6)),
                ('spread_version', models.IntegerField(default=1)),
            ],
            options={
                'indexes': [
                    models.Index(condition=models.Q(('version', models.F('reviewed_version')), _negated=True), fields=['account'], name='settings_to_review'),
                    models.Index(condition=models.Q(('version', models.F('spread_version')), _negated=True), fields=['account'], name='settings_to_spread'),
                ],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('limit_day__isnull', True), ('limit_day__gte', 0), _connector='OR'), name='day_limit_not_negative'),
                    models.CheckConstraint(condition=models.Q(('limit_month__isnull', True), ('limit_month__gte', 0), _connector='OR'), name='month_limit_not_negative'),
                    models.CheckConstraint(condition=models.Q(('hours_origin__in', ['own', 'parent', 'locked'])), name='hours_origin_is_known'),
                    models.CheckConstraint(condition=models.Q(('receipts_origin__in', ['own', 'parent', 'locked'])), name='receipts_origin_is_known'),
                ],
            },
            managers=[
                ('unscoped', django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name='UsageCounter',
            fields=[
                ('id', models.UUIDField(default=hub.lib.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('period', models.CharField(max_length=10)),
                ('used', models.BigIntegerField(default=0)),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.account')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('account', 'period'), name='one_counter_a_period'),
                    models.CheckConstraint(condition=models.Q(('used__gte', 0)), name='used_not_negative'),
                ],
            },
            managers=[
                ('unscoped', django.db.models.manager.Manager()),
            ],
        ),
    ]
