import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.manager
import hub.lib.ids
from django.db import migrations, models


class Migration(migrations.Migration):
    """Contacts, and who opted out."""

    initial = True

    dependencies = [('accounts', '0002_initial')]

    operations = [
        migrations.CreateModel(
            name='Contact',
            fields=[
                ('id', models.UUIDField(default=hub.lib.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('number', models.CharField(max_length=16, verbose_name='number')),
                ('name', models.CharField(blank=True, max_length=80, verbose_name='name')),
                ('time_zone', models.CharField(blank=True, max_length=64, verbose_name='time zone')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.account')),
            ],
            options={
                'indexes': [
                    models.Index(fields=['account', 'number'], name='contact_by_number'),
                ],
            },
            managers=[
                ('unscoped', django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name='OptOut',
            fields=[
                ('id', models.UUIDField(default=hub.lib.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('number', models.CharField(max_length=16)),
                ('source', models.CharField(choices=[('reply', 'Reply'), ('console', 'Console'), ('api', 'API')], max_length=8)),
                ('at', models.DateTimeField()),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.account')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('account', 'number'), name='one_opt_out_a_number'),
                ],
            },
            managers=[
                ('unscoped', django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name='ConsentRecord',
            fields=[
                ('id', models.UUIDField(default=hub.lib.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('number', models.CharField(max_length=16)),
                ('kind', models.CharField(choices=[('stop', 'Opted out'), ('start', 'Opted in')], max_length=5)),
                ('source', models.CharField(choices=[('reply', 'Reply'), ('console', 'Console'), ('api', 'API')], max_length=8)),
                ('text', models.CharField(blank=True, max_length=1600)),
                ('at', models.DateTimeField()),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.account')),
            ],
            options={
                'indexes': [
                    models.Index(fields=['account', 'number'], name='consent_by_number'),
                ],
            },
            managers=[
                ('unscoped', django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name='OptOutSettings',
            fields=[
                ('account', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='accounts.account')),
                ('extra_stop', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), default=list, size=None)),
                ('extra_start', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), default=list, size=None)),
                ('confirm', models.BooleanField(default=False)),
                ('confirmation', models.CharField(blank=True, max_length=320)),
            ],
            managers=[
                ('unscoped', django.db.models.manager.Manager()),
            ],
        ),
    ]
