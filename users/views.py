from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from hub.lib.htmx import answer
from users.forms import NameForm
from users.models import User


@login_required
def profile(request: HttpRequest) -> HttpResponse:
    person = cast(User, request.user)
    form = NameForm(request.POST or None, initial={"name": person.name})
    if request.method == "POST" and form.is_valid():
        User.objects.filter(pk=person.pk).update(name=form.cleaned_data["name"])
        messages.success(request, _("Your name is saved."))
        return HttpResponseRedirect(request.path)
    status = 422 if request.method == "POST" else 200
    return answer(request, "users/profile.html", {"form": form}, status=status)
