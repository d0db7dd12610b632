"""The page of a new message: start from a template, check only, or send."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages as flash
from django.http import HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.access import ConsoleRequest, console
from billing.balance import balance_of
from hub.lib.fill import text_in
from hub.lib.phones import show
from messaging.accept import KeyReused, accept, decide_only, told
from messaging.bell import ring
from messaging.decision import REFUSE, Decision
from messaging.list_rows import excerpt
from messaging.models import MessageTemplate
from messaging.sender_list import active_senders
from messaging.telling import BADGES, Teller
from messaging.writing.counted import counted
from messaging.writing.send_form import SendForm
from messaging.writing.template_actions import active_templates
from messaging.writing.templates import say_plainer

KEPT = ("to", "template", "source", "token")


@console("messages.send")
@require_http_methods(["GET", "HEAD", "POST"])
def message_new(request: ConsoleRequest) -> HttpResponse:
    """A message to a few numbers: checked only, or sent. `?template=` names one to start from."""
    page = _Page(request)
    if request.method != "POST":
        return page.started()
    if request.POST.get("do") in ("use", "plain"):
        return page.rewritten()
    form = page.form(request.POST)
    if not form.is_valid():
        return page.show(form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    if request.POST.get("do") == "check":
        return page.show(form, decisions=decide_only(request.account.pk, form.drafts()))
    return page.sent(form)


class _Page:
    """One request of the page, with what its form may choose from."""

    def __init__(self, request: ConsoleRequest) -> None:
        self.request = request
        self.senders = active_senders(request.account)
        self.templates = active_templates(request.account)

    def form(self, data: Any = None, **kwargs: Any) -> SendForm:
        return SendForm(
            data,
            account=self.request.account,
            senders=self.senders,
            templates=self.templates,
            **kwargs,
        )

    def started(self) -> HttpResponse:
        asked = self.request.GET.get("template", "")
        found = self._template(asked)
        if asked and found is None:
            flash.warning(self.request, _("This template is archived or no longer there."))
        initial = {"template": str(found.pk), "text": found.body} if found else {}
        return self.show(self.form(initial=initial))

    def rewritten(self) -> HttpResponse:
        """The form as it was sent, with another text: the template's, or one in plain letters."""
        posted = self.request.POST
        kept = {name: posted[name] for name in KEPT if posted.get(name)}
        if posted.get("do") == "plain":
            return self.show(self.form(initial={**kept, "text": say_plainer(self.request)}))
        found = self._template(posted.get("template", ""))
        if found is None:
            form = self.form(initial={**kept, "text": posted.get("text", "")})
            flash.warning(self.request, _("Choose a template first; the text was not changed."))
            return self.show(form)
        return self.show(self.form(initial={**kept, "text": found.body}))

    def sent(self, form: SendForm) -> HttpResponse:
        try:
            accepted = accept(self.request.account.pk, form.request(self.request.actor))
        except KeyReused:
            form.add_error(
                None,
                _(
                    "This page has already sent another message. "
                    "Open “New message” again to send one."
                ),
            )
            return self.show(form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        ring()
        place = {"account_id": self.request.account.public_id}
        if len(accepted.ids) == 1:
            place["message_id"] = accepted.ids[0]
            return HttpResponseRedirect(reverse("console:message", kwargs=place))
        self._tell(len(accepted.ids))
        address = reverse("console:messages", kwargs=place)
        return HttpResponseRedirect(f"{address}?batch={accepted.batch_id}")

    def show(
        self,
        form: SendForm,
        *,
        decisions: Sequence[Decision] = (),
        status: HTTPStatus = HTTPStatus.OK,
    ) -> HttpResponse:
        request, balance = self.request, balance_of(self.request.account)
        context: dict[str, Any] = {
            "form": form,
            "counted": counted(text_in(request, form["text"])),
            "balance": balance,
            "has_senders": bool(self.senders),
            "has_templates": bool(self.templates),
        }
        if decisions:
            words = _Words(Teller.for_request(request), balance.currency if balance else "")
            context |= words.of(form, decisions)
        return TemplateResponse(request, "messaging/new.html", context, status=status)

    def _template(self, asked: str) -> MessageTemplate | None:
        try:
            wanted = UUID(asked)
        except ValueError:
            return None
        return next((one for one in self.templates if one.pk == wanted), None)

    def _tell(self, count: int) -> None:
        words = ngettext(
            "%(count)s message accepted. Below is what became of it.",
            "%(count)s messages accepted. Below is what became of each.",
            count,
        )
        flash.success(self.request, words % {"count": count})


class _Words:
    """What would be decided now, in words."""

    def __init__(self, teller: Teller, currency: str) -> None:
        self.teller, self.currency = teller, currency

    def of(self, form: SendForm, decisions: Sequence[Decision]) -> dict[str, Any]:
        """One message with every check, or a row for each of several."""
        texts = form.bodies if form.is_personal else [""] * len(decisions)
        if len(decisions) == 1:
            stored = told(decisions[0], self.teller.now)
            checks = self.teller.checks(stored["steps"])
            return {"dry": {**self._one(decisions[0]), "checks": checks, "text": texts[0]}}
        rows = [
            {
                **self._one(decision),
                # Whole even for those who see masked ones: they typed it a moment ago.
                "number": show(recipient.number),
                "name": recipient.name,
                "text": excerpt(text),
            }
            for recipient, text, decision in zip(form.recipients, texts, decisions, strict=True)
        ]
        charged = [one for one in decisions if one.verdict != REFUSE]
        return {
            "rows": rows,
            "rows_parts": sum(one.parts for one in charged),
            "rows_price": self._price(sum(one.price for one in charged)),
        }

    def _one(self, decision: Decision) -> dict[str, Any]:
        teller = self.teller
        return {
            "badge": BADGES[decision.state],
            "sentence": teller.sentence(decision.reason, decision.values)
            if decision.reason
            else _("Every check passes: it would leave at once."),
            "action": teller.action(decision.reason),
            "parts": decision.parts,
            "encoding": decision.encoding,
            "price": self._price(decision.price),
        }

    def _price(self, micro: int) -> str:
        return "" if self.teller.masks else self.teller.money(micro, self.currency)
