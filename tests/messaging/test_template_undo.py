"""Undo of a template's changes: for 10 minutes, unless somebody came between."""

import re
from datetime import timedelta
from typing import Any

import time_machine
from django.utils import timezone

from tests.messaging.given import url, words_of
from tests.messaging.test_templates import (
    FORM,
    entries,
    made,
    owned,
    shown_version,
    stored,
)
from tests.senders.given import member_of


def undo_in(answer: Any) -> str:
    [door] = re.findall(
        r'<form method="post" action="(/a/[^"]+/undo/[^"]+)"', answer.content.decode()
    )
    return str(door)


def changed(client: Any, account: Any, template_id: Any, **given: str) -> Any:
    address = url(account, "template", template_id=template_id)
    form = {**FORM, **given, "version": shown_version(client, address)}
    return client.post(address, form, follow=True)


def test_a_changed_text_comes_back() -> None:
    account, owner = owned()
    template_id = made(owner, account)
    undo = undo_in(changed(owner, account, template_id, name="Bye", text="Bye {name}"))
    answer = owner.post(undo, follow=True)
    assert "Template “Bye”: undone." in words_of(answer.content)
    template = stored(account, template_id)
    assert (template.name, template.body) == (FORM["name"], FORM["text"])
    assert entries(account)[-1] == (
        "template.changed",
        {"name": ["Bye", FORM["name"]], "body": ["Bye {name}", FORM["text"]]},
    )


def test_an_archived_template_comes_back_and_a_restored_one_goes() -> None:
    account, owner = owned()
    template_id = made(owner, account)
    archived = owner.post(url(account, "template_archive", template_id=template_id), follow=True)
    owner.post(undo_in(archived), follow=True)
    assert stored(account, template_id).archived_at is None
    owner.post(url(account, "template_archive", template_id=template_id), follow=True)
    restored = owner.post(url(account, "template_restore", template_id=template_id), follow=True)
    owner.post(undo_in(restored))
    assert stored(account, template_id).archived_at is not None


def test_what_somebody_changed_meanwhile_stays() -> None:
    account, owner = owned()
    template_id = made(owner, account)
    undo = undo_in(changed(owner, account, template_id, text="From Alice"))
    changed(member_of(account, "administrator"), account, template_id, text="From Bob")
    assert "changed again meanwhile" in words_of(owner.post(undo, follow=True).content)
    assert stored(account, template_id).body == "From Bob"


def test_a_template_with_the_name_of_another_meanwhile_is_not_renamed_instead() -> None:
    account, owner = owned()
    first = made(owner, account)
    undo = undo_in(changed(owner, account, first, name="Second"))
    changed(owner, account, first, name="Third")
    second = made(owner, account, name="Second")
    owner.post(undo)
    assert stored(account, second).name == "Second"
    assert stored(account, first).name == "Third"


def test_a_name_that_was_taken_meanwhile_stays_with_its_new_owner() -> None:
    account, owner = owned()
    first = made(owner, account)
    undo = undo_in(changed(owner, account, first, name="Second"))
    made(owner, account)
    assert "can no longer be chosen" in words_of(owner.post(undo, follow=True).content)
    assert stored(account, first).name == "Second"


def test_after_ten_minutes_it_is_too_late() -> None:
    account, owner = owned()
    template_id = made(owner, account)
    undo = undo_in(changed(owner, account, template_id, text="Bye"))
    with time_machine.travel(timezone.now() + timedelta(minutes=10, seconds=5)):
        assert "more than 10 minutes" in words_of(owner.post(undo, follow=True).content)
    assert stored(account, template_id).body == "Bye"


def test_who_may_change_templates_and_nothing_else_may_undo_that() -> None:
    account, owner = owned()
    template_id = made(owner, account)
    undo = undo_in(changed(owner, account, template_id, text="Bye"))
    assert member_of(account, "basic").post(undo).status_code == 403
    assert stored(account, template_id).body == "Bye"
    assert member_of(account, "advanced").post(undo).status_code == 302
    assert stored(account, template_id).body == FORM["text"]


def test_the_foot_leads_to_the_entries_about_this_template() -> None:
    account, owner = owned()
    template_id = made(owner, account)
    made(owner, account, name="Another")
    page = owner.get(url(account, "template", template_id=template_id)).content.decode()
    [log] = re.findall(r'<a class="link" href="([^"]+)">Changed by Alice Martin', page)
    listed = owner.get(log).content.decode()
    assert listed.count('<article class="card lg"') == 1
    assert "Order ready" in listed
