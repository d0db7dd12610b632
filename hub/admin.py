"""The staff desk: find an account, look at it, and act on it with a reason.

Stands up here because acting needs every floor. Staff see directory tables only; an account's
messages, contacts and settings need a grant of its own, which is not built yet, and neither is
two-step sign-in for staff.
"""

from collections.abc import Callable
from typing import Any, ClassVar, TypeVar
from uuid import UUID, uuid4

from allauth.account.decorators import secure_admin_login
from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db.models import Model, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from unfold.decorators import action

from accounts.models import Account, AccountRequest, Membership
from accounts.requests import decide_request
from accounts.staff_desk import ReadOnlyAdmin, staff_actor
from accounts.suspension import WrongState, reopen_account, suspend_account
from billing.grants import NoWallet, grant_credit
from hub.lib.forms import ConsoleForm
from hub.lib.numbers import MoneyField
from senders.grants import set_transactional

OURS = {"accounts", "users", "billing", "messaging", "apisettings"}
# Above this a second person should agree, which is not built yet: so it is not offered.
MOST_CREDIT = 10_000 * 1_000_000


class ReasonForm(ConsoleForm):
    reason = forms.CharField(
        label=_lazy("Reason and ticket"),
        help_text=_lazy("The customer reads this in the activity log."),
        min_length=8,
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class CreditForm(ReasonForm):
    amount = MoneyField(
        label=_lazy("Amount"),
        help_text=_lazy("In the currency of the account’s wallet."),
        min_value=10_000,
        max_value=MOST_CREDIT,
    )
    cause = forms.UUIDField(widget=forms.HiddenInput)
    field_order = ("amount", "reason")


Row = TypeVar("Row", bound=Model)
Deed = Callable[[Account, dict[str, Any], HttpRequest], str]


@admin.register(Account)
class AccountAdmin(ReadOnlyAdmin):
    list_display: ClassVar = ("public_id", "name", "state", "parent", "time_zone", "created_at")
    list_display_links: ClassVar = ("public_id", "name")
    list_filter: ClassVar = ("state",)
    list_select_related: ClassVar = ("parent",)
    ordering: ClassVar = ("-id",)
    search_fields: ClassVar = ("public_id",)
    search_help_text = _lazy("Account ID, name, or the e-mail address of an Owner")
    fields: ClassVar = (
        "public_id", "name", "state", "owners", "parent", "payer", "time_zone", "country",
        "duplicate_contacts", "closes_at", "created_at",
    )  # fmt: skip
    readonly_fields: ClassVar = fields
    actions_detail: ClassVar = ("suspend", "reopen", "credit", "grant_transactional")
    show_full_result_count = False

    @admin.display(description=_lazy("Owners"))
    def owners(self, account: Account) -> str:
        owners = account.memberships.filter(role=Membership.Role.OWNER).select_related("user")
        return ", ".join(owner.user.email for owner in owners)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Account], search_term: str
    ) -> tuple[QuerySet[Account], bool]:
        """An account ID or an Owner's address, whole; or any part of a name."""
        asked = search_term.strip()
        if not asked:
            return queryset, False
        owned = Membership.objects.filter(
            role=Membership.Role.OWNER, user__email__iexact=asked
        ).values("account")
        return queryset.filter(
            Q(public_id=asked.upper()) | Q(name__icontains=asked) | Q(pk__in=owned)
        ), False

    @action(description=_lazy("Suspend"), url_path="suspend")  # type: ignore[untyped-decorator]
    def suspend(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def do(account: Account, given: dict[str, Any], request: HttpRequest) -> str:
            suspend_account(account, reason=given["reason"], actor=staff_actor(request))
            return _("The account is suspended.")

        return _act(request, object_id, ReasonForm, _lazy("Suspend this account"), do)

    @action(description=_lazy("Reopen"), url_path="reopen")  # type: ignore[untyped-decorator]
    def reopen(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def do(account: Account, given: dict[str, Any], request: HttpRequest) -> str:
            reopen_account(account, reason=given["reason"], actor=staff_actor(request))
            return _("The account is open again.")

        return _act(request, object_id, ReasonForm, _lazy("Reopen this account"), do)

    @action(description=_lazy("Give credit"), url_path="credit")  # type: ignore[untyped-decorator]
    def credit(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def do(account: Account, given: dict[str, Any], request: HttpRequest) -> str:
            fresh = grant_credit(
                account,
                amount=given["amount"],
                cause=f"staff:{given['cause']}",
                reason=given["reason"],
                actor=staff_actor(request),
            )
            return _("The credit is given.") if fresh else _("This credit was given already.")

        return _act(request, object_id, CreditForm, _lazy("Give credit"), do)

    @action(description=_lazy("Allow transactional messages"), url_path="transactional")  # type: ignore[untyped-decorator]
    def grant_transactional(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def do(account: Account, given: dict[str, Any], request: HttpRequest) -> str:
            fresh = set_transactional(
                account, granted=True, reason=given["reason"], actor=staff_actor(request)
            )
            if not fresh:
                return _("It was allowed already.")
            return _("Transactional messages may now pass sending hours.")

        return _act(request, object_id, ReasonForm, _lazy("Allow transactional messages"), do)


@admin.register(AccountRequest)
class AccountRequestAdmin(ReadOnlyAdmin):
    """What accounts asked for; the newest waiting ones come first."""

    list_display: ClassVar = ("account", "kind", "state", "requested_by", "requested_at")
    list_filter: ClassVar = ("state", "kind")
    list_select_related: ClassVar = ("account",)
    ordering: ClassVar = ("-state", "-id")
    search_fields: ClassVar = ("account__public_id__iexact",)
    fields: ClassVar = (
        "account", "kind", "state", "why", "requested_by", "requested_at", "reason", "decided_by",
        "decided_at",
    )  # fmt: skip
    readonly_fields: ClassVar = fields
    actions_detail: ClassVar = ("approve", "refuse")
    show_full_result_count = False

    @action(description=_lazy("Approve"), url_path="approve")  # type: ignore[untyped-decorator]
    def approve(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._decide(request, object_id, _lazy("Approve this request"), approve=True)

    @action(description=_lazy("Refuse"), url_path="refuse")  # type: ignore[untyped-decorator]
    def refuse(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._decide(request, object_id, _lazy("Refuse this request"), approve=False)

    def _decide(
        self, request: HttpRequest, object_id: str, title: Promise, *, approve: bool
    ) -> HttpResponse:
        _staff_only(request)
        asked = _found(AccountRequest.objects.select_related("account"), object_id)

        def do(account: Account, given: dict[str, Any], request: HttpRequest) -> str:
            decide_request(
                asked, approve=approve, reason=given["reason"], actor=staff_actor(request)
            )
            return _("The request is answered.")

        back = reverse("admin:accounts_accountrequest_change", args=[asked.pk])
        return _act_on(asked.account, request, ReasonForm, title, do, back)


def _act(
    request: HttpRequest, object_id: str, form_class: type[ReasonForm], title: Promise, do: Deed
) -> HttpResponse:
    _staff_only(request)
    account = _found(Account.objects.all(), object_id)
    back = reverse("admin:accounts_account_change", args=[account.pk])
    return _act_on(account, request, form_class, title, do, back)


def _act_on(
    account: Account,
    request: HttpRequest,
    form_class: type[ReasonForm],
    title: Promise,
    do: Deed,
    back: str,
) -> HttpResponse:
    """A page of its own for one act on one account: nothing happens without a reason."""
    form = form_class(request.POST or None, initial={"cause": uuid4()})
    if request.method == "POST" and form.is_valid():
        try:
            messages.success(request, do(account, form.cleaned_data, request))
        except WrongState:
            messages.error(request, _("The account is not in a state that allows this."))
        except NoWallet:
            messages.error(request, _("The account has no wallet of its own to credit."))
        return HttpResponseRedirect(back)
    page = {"form": form, "account": None, "subject": account, "heading": title, "back": back}
    status = 422 if form.is_bound else 200
    return TemplateResponse(request, "hub/staff_act.html", page, status=status)


def _staff_only(request: HttpRequest) -> None:
    if not (request.user.is_active and getattr(request.user, "is_staff", False)):
        raise PermissionDenied


def _found(rows: QuerySet[Row], object_id: str) -> Row:
    try:
        return rows.get(pk=UUID(object_id))
    except (ValueError, ObjectDoesNotExist):
        raise Http404 from None


# Libraries bring pages of their own that would let staff edit or show what no one should see.
for model in [model for model in admin.site._registry if model._meta.app_label not in OURS]:
    admin.site.unregister(model)

# One door for everybody: the console's own sign-in, with its limits and second step.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
