"""Many posts at once on one account: all are stored, and none waits for another in a ring."""

from concurrent.futures import ThreadPoolExecutor

from django.db import connection

from accounts.models import Account
from accounts.tenancy import scope
from billing.models import Price, Wallet
from billing.pricing import forget_prices
from messaging.accept import Request, accept
from messaging.draft import Draft
from messaging.models import Message
from tests import make
from tests.conftest import worker

POSTS, AT_ONCE, PRICE = 48, 8, 45_000


def post(account: Account) -> int:
    drafts = [Draft(f"+3361234{n:04d}", "Bonjour") for n in range(1000, 1010)]
    try:
        with scope(account):
            found = accept(account.pk, Request(drafts, channel="api", actor="t", hash=bytes(32)))
        return len(found.ids)
    finally:
        connection.close()


def test_posts_that_arrive_together_are_all_stored_and_all_paid_for() -> None:
    account = make.make_account()
    make.fund(account)
    with worker():
        Price.objects.get_or_create(country="FR", currency="EUR", defaults={"micro": PRICE})
    forget_prices()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        stored = list(pool.map(post, [account] * POSTS))
    assert stored == [10] * POSTS
    with scope(account):
        messages = Message.objects.for_account(account)
        assert messages.filter(state="queued").count() == POSTS * 10
        held = Wallet.objects.for_account(account).get(kind="held").balance
        assert held == sum(messages.values_list("price", flat=True)) > 0
