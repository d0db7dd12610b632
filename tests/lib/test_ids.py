from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID, uuid4

import pytest

from hub.lib.ids import batch_ids, ids_of_batch, public_id, stamp_of, uuid7


def test_a_new_id_is_version_seven_of_now() -> None:
    before = datetime.now(UTC) - timedelta(milliseconds=1)
    made = uuid7()
    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert before <= stamp_of(made) <= datetime.now(UTC)


def test_ids_sort_by_age() -> None:
    made = [uuid7() for _ in range(1000)]
    late = sum(later < earlier for earlier, later in pairwise(made))
    assert late <= 5
    assert len(set(made)) == 1000


def test_the_stamp_of_the_rfc_example_is_read() -> None:
    # RFC 9562, appendix A.6: Tuesday, February 22, 2022 2:22:22.00 PM GMT-05:00
    stamp = stamp_of("017F22E2-79B0-7CC3-98C4-DC0C0C07398F")
    assert stamp == datetime(2022, 2, 22, 19, 22, 22, tzinfo=UTC)


def test_other_versions_have_no_stamp() -> None:
    with pytest.raises(ValueError):
        stamp_of(uuid4())


@pytest.mark.parametrize("n", [0, 1, 100, 4095])
def test_a_batch_has_its_own_id_first_and_keeps_its_order(n: int) -> None:
    ids = batch_ids(n)
    assert len(ids) == len(set(ids)) == n + 1
    assert ids == sorted(ids)
    assert [str(UUID(i)) for i in ids] == ids
    assert {UUID(i).version for i in ids} == {7}
    assert {UUID(i).variant for i in ids} == {"specified in RFC 4122"}
    assert [UUID(i).int >> 64 & 0xFFF for i in ids] == list(range(n + 1))
    assert len({stamp_of(i) for i in ids}) == 1


def test_two_batches_share_no_id() -> None:
    assert not set(batch_ids(100)) & set(batch_ids(100))


@pytest.mark.parametrize("n", [-1, 4096])
def test_a_batch_beyond_its_counter_is_refused(n: int) -> None:
    with pytest.raises(ValueError):
        batch_ids(n)


def test_public_ids_are_ten_readable_characters() -> None:
    made = {public_id() for _ in range(2000)}
    assert len(made) == 2000
    assert {len(i) for i in made} == {10}
    assert set("".join(made)) == set("0123456789ABCDEFGHJKMNPQRSTVWXYZ")


def test_the_rows_of_a_batch_lie_between_its_bounds_and_older_ones_do_not() -> None:
    batch, *rows = batch_ids(20)
    first, last = ids_of_batch(UUID(batch))
    assert all(first < UUID(row) <= last for row in rows)
    older = batch_ids(20, stamp_of(batch) - timedelta(milliseconds=1))
    assert all(UUID(row) < first for row in older)
