import django.db.models.deletion
import django.db.models.manager
import hub.lib.ids
from django.db import migrations, models


class Migration(migrations.Migration):
    """Wallets, the ledger, prices."""

    initial = True

    dependencies = [('accounts', '0002_initial')]

    operations = [
        migrations.CreateModel(
            name='Wallet',
            fields=[
                ('id', models.UUIDField(default=hub.lib.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('main', 'Balance'), ('held', 'Held'), ('sales', 'Captured'), ('funding', 'Funding')], max_length=8)),
                ('currency', models.CharField(max_length=3)),
                ('balance', models.BigIntegerField(default=0)),
                ('floor', models.BigIntegerField(null=True)),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.account')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('account', 'id'), name='wallet_of_account'),
                    models.UniqueConstraint(fields=('account', 'kind'), name='one_wallet_a_kind'),
                    models.CheckConstraint(condition=models.Q(('floor__isnull', True), ('balance__gte', models.F('floor')), _connector='OR'), name='balance_not_below_floor'),
                ],
            },
            managers=[
                ('unscoped', django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name='LedgerTransaction',
            fields=[
                ('id', models.UUIDField(default=hub.lib.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('credit', 'Credit'), ('hold', 'Hold'), ('capture', 'Capture'), ('release', 'Release')], max_length=8)),
                ('cause', models.CharField(max_length=80)),
                ('on_behalf_of', models.UUIDField()),
                ('note', models.CharField(blank=True, max_length=200)),
                ('at', models.DateTimeField()),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.account')),
            ],
            options={
                'indexes': [
                    models.Index(condition=models.Q(('kind', 'credit')), fields=['account', '-at'], name='credits_of_account'),
                ],
                'constraints': [
                    models.UniqueConstraint(fields=('account', 'id'), name='ledger_txn_of_account'),
                    models.UniqueConstraint(fields=('cause', 'account'), name='one_txn_a_cause'),
                ],
            },
            managers=[
                ('unscoped', django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name='LedgerEntry',
            fields=[
                ('id', models.UUIDField(default=hub.lib.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('amount', models.BigIntegerField()),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.account')),
                ('txn', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.ledgertransaction')),
                ('wallet', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.wallet')),
            ],
            options={
                'indexes': [
                    models.Index(fields=['account', 'txn'], name='entry_of_txn'),
                ],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('amount', 0), _negated=True), name='entry_moves_something'),
                ],
            },
            managers=[
                ('unscoped', django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name='Price',
            fields=[
                ('id', models.UUIDField(default=hub.lib.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('country', models.CharField(max_length=2)),
                ('currency', models.CharField(max_length=3)),
                ('micro', models.BigIntegerField(verbose_name='price of a part, in micro-units')),
                ('valid_from', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('country', 'currency', 'valid_from'), name='one_price_a_time'),
                    models.CheckConstraint(condition=models.Q(('micro__gte', 0)), name='price_not_negative'),
                ],
            },
        ),
        migrations.CreateModel(
            name='DayBalance',
            fields=[
                ('id', models.UUIDField(default=hub.lib.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('day', models.DateField()),
                ('available', models.BigIntegerField()),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.account')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('account', 'day'), name='one_balance_a_day'),
                ],
            },
            managers=[
                ('unscoped', django.db.models.manager.Manager()),
            ],
        ),
    ]
