"""Message templates: kept, changed by one person at a time, archived and brought back."""

import re
from html import unescape
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.audit import told
from accounts.models import Account, AuditEntry
from accounts.tenancy import scope
from messaging.models import MessageTemplate
from messaging.writing import template_actions
from tests import make
from tests.messaging.given import url, words, words_of
from tests.senders.given import member_of

MOST_QUERIES = 12
FORM = {"name": "Order ready", "text": "Hello {name|there}, your order is ready.", "do": "save"}


def owned(**fields: Any) -> tuple[Account, Client]:
    account = make.make_account(**fields)
    return account, member_of(account)


def made(client: Client, account: Account, **changed: str) -> UUID:
    """The id of a template made through its page."""
    form = {**FORM, **changed}
    answer = client.post(url(account, "template_new"), form)
    assert answer.status_code == 302, words_of(answer.content)
    with scope(account):
        mine = MessageTemplate.objects.for_account(account).filter(name=form["name"])
        return mine.get(archived_at=None).pk


def stored(account: Account, template_id: UUID) -> MessageTemplate:
    with scope(account):
        return MessageTemplate.objects.for_account(account).get(pk=template_id)


def entries(account: Account) -> list[tuple[str, dict[str, Any]]]:
    with scope(account):
        mine = AuditEntry.objects.for_account(account).filter(action__startswith="template.")
        return [(entry.action, told(entry)) for entry in mine.order_by("id")]


def shown_version(client: Client, address: str) -> str:
    [version] = re.findall(r'name="version" value="([^"]*)"', client.get(address).content.decode())
    return str(version)


def test_the_first_visit_says_what_templates_are_for() -> None:
    account, owner = owned()
    page = words(owner, url(account, "templates"))
    assert "No template yet" in page
    assert page.count("New template") == 2
    assert "Nothing is archived" in words(owner, url(account, "templates"), {"state": "archived"})


def test_a_template_is_made_listed_and_logged_once() -> None:
    account, owner = owned()
    made(owner, account)
    page = words(owner, url(account, "templates"))
    assert "Hello {name|there}, your order is ready. 1 Use Order ready" in page
    told = {"name": [None, FORM["name"]], "body": [None, FORM["text"]]}
    assert entries(account) == [("template.created", told)]


def test_the_same_form_sent_twice_makes_one_template() -> None:
    account, owner = owned()
    made(owner, account)
    assert owner.post(url(account, "template_new"), FORM).status_code == 302
    assert [action for action, _changes in entries(account)] == ["template.created"]


def test_a_change_is_saved_and_tells_only_what_changed() -> None:
    account, owner = owned()
    template_id = made(owner, account)
    address = url(account, "template", template_id=template_id)
    form = {**FORM, "text": "Bye {name}", "version": shown_version(owner, address)}
    assert "saved" in words_of(owner.post(address, form, follow=True).content)
    assert stored(account, template_id).body == "Bye {name}"
    assert entries(account)[1:] == [("template.changed", {"body": [FORM["text"], "Bye {name}"]})]
    assert "Nothing to save" in words_of(owner.post(address, form, follow=True).content)
    assert len(entries(account)) == 2


def test_of_two_people_who_change_it_the_second_sees_both_values() -> None:
    account, owner = owned()
    template_id = made(owner, account)
    address = url(account, "template", template_id=template_id)
    version = shown_version(owner, address)
    other = member_of(account, "administrator", "Bob Durand")
    other.post(address, {**FORM, "text": "From Bob", "version": version})
    answer = owner.post(address, {**FORM, "text": "From Alice", "version": version})
    page = words_of(answer.content)
    assert answer.status_code == 409
    assert "Bob Durand changed this on" in page
    assert 'href="#template-clash"' in answer.content.decode()
    assert "Text From Bob From Alice" in page
    assert stored(account, template_id).body == "From Bob"
    [again] = re.findall(r'name="version" value="([^"]*)"', answer.content.decode())
    owner.post(address, {**FORM, "text": "From Alice", "version": again})
    assert stored(account, template_id).body == "From Alice"
    assert [action for action, _changes in entries(account)].count("template.changed") == 2


def test_an_archived_template_can_be_brought_back() -> None:
    account, owner = owned()
    template_id = made(owner, account)
    archive = url(account, "template_archive", template_id=template_id)
    restore = url(account, "template_restore", template_id=template_id)
    answer = owner.post(archive, follow=True)
    assert "No template yet" in words_of(answer.content)
    assert "Order ready" in words(owner, url(account, "templates"), {"state": "archived"})
    assert "Restore" in words(owner, url(account, "template", template_id=template_id))
    owner.post(archive)
    owner.post(restore)
    owner.post(restore)
    assert "Order ready" in words(owner, url(account, "templates"))
    assert entries(account)[1:] == [
        ("template.archived", {"archived": [False, True]}),
        ("template.restored", {"archived": [True, False]}),
    ]


def test_an_archived_template_is_not_changed() -> None:
    account, owner = owned()
    template_id = made(owner, account)
    address = url(account, "template", template_id=template_id)
    version = shown_version(owner, address)
    owner.post(url(account, "template_archive", template_id=template_id))
    answer = owner.post(address, {**FORM, "text": "Too late", "version": version}, follow=True)
    assert "This template is archived" in words_of(answer.content)
    assert stored(account, template_id).body == FORM["text"]


def test_a_name_belongs_to_one_active_template_however_it_is_written() -> None:
    account, owner = owned()
    first = made(owner, account)
    for name in ("Order ready", "ORDER READY", "  Order\u00a0  ready ", "Ｏrder ready"):
        answer = owner.post(url(account, "template_new"), {**FORM, "name": name, "text": "Other"})
        assert answer.status_code == 422, name
        assert "Another template has this name" in words_of(answer.content)
    owner.post(url(account, "template_archive", template_id=first))
    second = made(owner, account, text="Other")
    answer = owner.post(url(account, "template_restore", template_id=first), follow=True)
    assert "Another template has this name now" in words_of(answer.content)
    assert stored(account, first).archived_at
    third = made(owner, account, name="Third")
    answer = owner.post(
        url(account, "template", template_id=third), {**FORM, "version": "1", "text": "x"}
    )
    assert answer.status_code == 422
    assert stored(account, third).name == "Third"
    elsewhere, its_owner = owned()
    assert made(its_owner, elsewhere) not in (first, second)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", " ", "Give the template a name."),
        ("name", "x" * 81, "80"),
        ("name", "Order\u202eready", "cannot be seen"),
        ("name", "Order\u200bready", "cannot be seen"),
        ("name", "Order\x07ready", "cannot be seen"),
        ("text", "", "Write the text of the template."),
        ("text", "x" * 1601, "1600"),
        ("text", "a\x1b[31mb", "control character (U+001B)"),
        ("text", "Hi {nom}", "“{nom}”, character 4: there is no such field."),
        ("text", "Hi {name", "“{name”, character 4: this brace is never closed."),
        ("text", "{a.__class__}", "“{a.__class__}”, character 1: a field looks like {name}"),
        ("text", "{{name}}", "one pair of braces is enough"),
    ],
)
def test_what_cannot_be_kept_is_said_beside_the_field_and_above(
    field: str, value: str, said: str
) -> None:
    account, owner = owned()
    answer = owner.post(url(account, "template_new"), {**FORM, field: value})
    page = words_of(answer.content)
    assert answer.status_code == 422
    assert page.count(said) >= 2
    assert f'href="#id_{field}"' in answer.content.decode()
    assert entries(account) == []


def test_sixteen_hundred_characters_fit_whatever_the_browser_sends_for_line_breaks() -> None:
    account, owner = owned()
    template_id = made(owner, account, text="a\r\n" * 799 + "bc")
    assert len(stored(account, template_id).body) == 1600


def test_the_preview_reads_as_a_contact_would_and_is_what_is_counted() -> None:
    account, owner = owned()
    template_id = made(owner, account, text="{name} " + "x" * 150)
    page = words(owner, url(account, "template", template_id=template_id))
    assert "As Camille Martin reads it Camille Martin xxx" in page
    assert "2 segments, 141 characters left (GSM-7)" in page


def test_characters_that_force_unicode_are_named_and_replaced_on_request() -> None:
    account, owner = owned()
    text = "L’été à la forêt\u202f: {name|ami} 😀"
    template_id = made(owner, account, text=text)
    address = url(account, "template", template_id=template_id)
    page = words(owner, address)
    assert "’ → ' · ê → e · narrow no-break space → space · 😀 " in page
    form = {**FORM, "text": text, "version": "1", "do": "plain"}
    answer = owner.post(address, form)
    page = words_of(answer.content)
    assert answer.status_code == 200
    assert "Replaced: ’ → ' · ê → e · narrow no-break space → space. Nothing is saved yet." in page
    assert "L'été à la foret : {name|ami} 😀</textarea>" in unescape(answer.content.decode())
    assert 'id="text-count-offer" hidden' in answer.content.decode()
    assert stored(account, template_id).body == text
    new = owner.post(url(account, "template_new"), {**FORM, "text": "œuf", "do": "plain"})
    assert "oeuf</textarea>" in new.content.decode()


def test_a_text_within_the_alphabet_is_left_in_peace() -> None:
    account, owner = owned()
    template_id = made(owner, account)
    page = owner.get(url(account, "template", template_id=template_id)).content.decode()
    assert 'id="text-count-dear" hidden' in page


def test_the_markup_of_a_text_is_text() -> None:
    account, owner = owned()
    hostile = '</textarea><script>alert("1")</script>'
    template_id = made(owner, account, name="<b>x</b>", text=hostile)
    for page in ("templates", "template"):
        place = {"template_id": template_id} if page == "template" else {}
        html = owner.get(url(account, page, **place)).content.decode()
        assert "<b>x</b>" not in html
        assert "<script>alert" not in html


def test_who_may_only_send_sees_and_uses_templates() -> None:
    account, owner = owned()
    template_id = made(owner, account)
    basic = member_of(account, "basic")
    page = words(basic, url(account, "template", template_id=template_id))
    assert FORM["text"] in page
    assert "Write a message with it" in page
    assert "Save" not in page
    assert "New template" not in words(basic, url(account, "templates"))
    for name in ("template", "template_archive", "template_restore"):
        assert basic.post(url(account, name, template_id=template_id)).status_code == 403
    assert len(entries(account)) == 1


def test_an_account_has_so_many_templates_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(template_actions, "MOST_ACTIVE", 2)
    account, owner = owned()
    first = made(owner, account)
    made(owner, account, name="Second")
    answer = owner.post(url(account, "template_new"), {**FORM, "name": "Third"})
    assert answer.status_code == 422
    assert "An account has at most 2 templates" in words_of(answer.content)
    owner.post(url(account, "template_archive", template_id=first))
    made(owner, account, name="Third")
    answer = owner.post(url(account, "template_restore", template_id=first), follow=True)
    assert "An account has at most 2 templates" in words_of(answer.content)


def test_archived_templates_are_paged() -> None:
    account, owner = owned()
    with scope(account):
        for number in range(51):
            MessageTemplate.objects.create(
                account=account, name=f"Old {number:02}", body="x", changed_by="A",
                changed_at="2026-01-01T00:00Z", archived_at="2026-01-01T00:00Z",
            )  # fmt: skip
    address = url(account, "templates") + "?state=archived"
    first = owner.get(address).content.decode()
    assert "Old 50" in first
    assert "Old 00" not in first
    [older] = re.findall(r'href="([^"]+)" rel="next"', first)
    second = owner.get(unescape(older)).content.decode()
    assert "Old 00" in second
    assert "Old 50" not in second
    [newer] = re.findall(r'href="([^"]+)" rel="prev"', second)
    assert "Old 50" in owner.get(unescape(newer)).content.decode()
    assert "Old 50" in words(owner, url(account, "templates"), {"state": "archived", "older": "x"})


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_the_database_little(rows: int) -> None:
    account, owner = owned()
    for number in range(rows):
        made(owner, account, name=f"Template {number}")
    with CaptureQueriesContext(connection) as asked:
        owner.get(url(account, "templates"))
    assert len(asked) <= MOST_QUERIES
