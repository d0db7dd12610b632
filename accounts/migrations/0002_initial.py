import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.manager
import hub.lib.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Accounts, who may act in them, and what all apps share: log, mail, jobs."""

    initial = True

    dependencies = [
        ('accounts', '0001_privileges'),
        # The one key that goes up a floor: a membership names its person.
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Account',
            fields=[
                ('id', models.UUIDField(default=hub.lib.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('public_id', models.CharField(default=hub.lib.ids.public_id, editable=False, max_length=10, unique=True, verbose_name='account ID')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('path', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), editable=False, size=None)),
                ('state', models.CharField(choices=[('open', 'Open'), ('suspended', 'Suspended'), ('closing', 'Closing'), ('closed', 'Closed')], default='open', max_length=10)),
                ('time_zone', models.CharField(default='Europe/Paris', max_length=64, verbose_name='time zone')),
                ('country', models.CharField(default='FR', max_length=2, verbose_name='country')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='accounts.account')),
                ('payer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.account')),
                ('closes_at', models.DateTimeField(null=True)),
                ('duplicate_contacts', models.BooleanField(default=False, verbose_name='duplicate contacts')),
                ('rules_reviewed', models.IntegerField(default=0)),
                ('rules_version', models.IntegerField(default=0)),
            ],
            options={
                'indexes': [
                    models.Index(condition=models.Q(('rules_version', models.F('rules_reviewed')), _negated=True), fields=['id'], name='account_to_review'),
                    models.Index(condition=models.Q(('state', 'closing')), fields=['closes_at'], name='account_closing'),
                ],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('state__in', ['open', 'suspended', 'closing', 'closed'])), name='account_state_is_known'),
                    models.CheckConstraint(condition=models.Q(models.Q(('state', 'closing'), _negated=True), ('closes_at__isnull', False), _connector='OR'), name='a_closing_account_has_its_day'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.UUIDField(default=hub.lib.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('role', models.CharField(choices=[('owner', 'Owner'), ('administrator', 'Administrator'), ('advanced', 'Advanced'), ('basic', 'Basic'), ('billing', 'Billing'), ('developer', 'Developer')], max_length=16)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='accounts.account')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('user', 'account'), name='one_membership_a_person'),
                ],
            },
        ),
        migrations.CreateModel(
            name='AccountRequest',
            fields=[
                ('id', models.UUIDField(default=hub.lib.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('duplicates_on', 'Allow duplicate contacts'), ('duplicates_off', 'No longer allow duplicate contacts')], max_length=16, verbose_name='kind')),
                ('state', models.CharField(choices=[('requested', 'Requested'), ('approved', 'Approved'), ('refused', 'Refused'), ('cancelled', 'Withdrawn')], default='requested', max_length=9, verbose_name='state')),
                ('why', models.CharField(blank=True, max_length=200, verbose_name='why')),
                ('requested_by', models.CharField(max_length=120, verbose_name='requested by')),
                ('requested_at', models.DateTimeField(auto_now_add=True, verbose_name='requested at')),
                ('decided_by', models.CharField(blank=True, max_length=120, verbose_name='decided by')),
                ('decided_at', models.DateTimeField(null=True, verbose_name='decided at')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='reason')),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='requests', to='accounts.account')),
            ],
            options={
                'verbose_name': 'request',
                'verbose_name_plural': 'requests',
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('state', 'requested')), fields=('account',), name='one_open_request_an_account'),
                ],
            },
        ),
        migrations.CreateModel(
            name='OutgoingMail',
            fields=[
                ('id', models.UUIDField(default=hub.lib.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('cause', models.CharField(max_length=160, null=True, unique=True)),
                ('to', models.EmailField(max_length=254)),
                ('subject', models.CharField(max_length=200)),
                ('text', models.TextField()),
                ('html', models.TextField()),
                ('tries', models.SmallIntegerField(default=0)),
                ('due', models.DateTimeField(null=True)),
                ('written_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'indexes': [
                    models.Index(condition=models.Q(('due__isnull', False)), fields=['due'], name='mail_due'),
                ],
            },
        ),
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('id', models.UUIDField(default=hub.lib.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('actor_kind', models.CharField(max_length=10)),
                ('actor_id', models.CharField(blank=True, max_length=40)),
                ('actor_label', models.CharField(max_length=120)),
                ('channel', models.CharField(max_length=10)),
                ('address', models.GenericIPAddressField(null=True)),
                ('action', models.CharField(max_length=60)),
                ('subject', models.CharField(blank=True, max_length=120)),
                ('changes', models.JSONField(default=dict)),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.account')),
            ],
            options={
                'indexes': [
                    models.Index(condition=models.Q(('action', 'messages.sent'), ('actor_kind', 'key'), _negated=True), fields=['account', '-id'], name='audit_newest'),
                    models.Index(fields=['account', 'action', '-id'], name='audit_by_action'),
                ],
            },
            managers=[
                ('unscoped', django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name='Job',
            fields=[
                ('id', models.UUIDField(default=hub.lib.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=20)),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('running', 'Running'), ('done', 'Done'), ('failed', 'Failed'), ('cancelled', 'Cancelled')], default='waiting', max_length=10)),
                ('name', models.CharField(max_length=120)),
                ('asked', models.JSONField(default=dict)),
                ('done', models.IntegerField(default=0)),
                ('total', models.IntegerField()),
                ('position', models.CharField(blank=True, max_length=40)),
                ('tries', models.SmallIntegerField(default=0)),
                ('error', models.CharField(blank=True, max_length=20)),
                ('person_id', models.CharField(max_length=40)),
                ('person_label', models.CharField(max_length=120)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('expires_at', models.DateTimeField(null=True)),
                ('due', models.DateTimeField(null=True)),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.account')),
            ],
            options={
                'indexes': [
                    models.Index(condition=models.Q(('due__isnull', False)), fields=['due'], name='job_due'),
                    models.Index(condition=models.Q(('state__in', ['waiting', 'running'])), fields=['account'], name='job_unfinished'),
                ],
                'constraints': [
                    models.UniqueConstraint(fields=('account', 'id'), name='job_in_account'),
                    models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'running', 'done', 'failed', 'cancelled'])), name='job_state_is_known'),
                ],
            },
            managers=[
                ('unscoped', django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name='JobFile',
            fields=[
                ('id', models.UUIDField(default=hub.lib.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('start', models.IntegerField()),
                ('content', models.BinaryField()),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.account')),
                ('job', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.job')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('account', 'job', 'start'), name='one_piece_a_place_of_a_job'),
                ],
            },
            managers=[
                ('unscoped', django.db.models.manager.Manager()),
            ],
        ),
    ]
