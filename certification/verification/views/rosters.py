"""Reporting completions of continuing education to Florida, for who signs for a school."""

from typing import Any, cast
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import role_required
from accounts.models import User
from certification.certificates.selectors import SIGNER_ROLES

from .. import services
from ..access import reporting_school, roster_of_school
from ..forms import ReplyForm, RosterForm, SentForm
from ..models import Roster
from ..selectors import rosters_of, rows_of, to_report, usual_profession
from .answers import private


@role_required(*SIGNER_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def overview(request: HttpRequest) -> HttpResponse:
    """What is to be reported, by when; a new file; the files that were made."""
    user = cast(User, request.user)
    school, schools = reporting_school(user, request.GET.get("school"))
    profession = usual_profession(school)
    sent: Any = request.POST if request.method == "POST" else None
    form = RosterForm(sent, initial={"profession": profession, "key": uuid4()})
    if form.is_bound and form.is_valid():
        try:
            roster = services.make_roster(
                uuid=form.cleaned_data["key"], school=school, profession=form.cleaned_data["profession"], by=user
            )
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, _("The file is ready. Send it, then note here that it went."))
            return redirect("verification:roster", uuid=roster.uuid)
    waiting = to_report(school, profession=profession)
    context = {
        "school": school,
        "schools": schools,
        "form": form,
        "waiting": waiting,
        "ready": sum(not one.lacks for one in waiting),
        "rosters": rosters_of(school)[:50],
    }
    return private(render(request, "verification/rosters.html", context, status=422 if form.is_bound else 200))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One file: its lines; that it was sent, was dropped, or what was answered."""
    user = cast(User, request.user)
    roster = roster_of_school(user, uuid)
    step = request.POST.get("step", "") if request.method == "POST" else ""
    rows = list(rows_of(roster))
    open_lines = [row.line for row in rows if not row.reply]
    sent = SentForm(request.POST if step == "sent" else None)
    reply = ReplyForm(request.POST if step == "reply" else None, lines=open_lines)
    form = {"sent": sent, "reply": reply}.get(step)
    if step == "reply" and rows and not open_lines:  # a second click, or somebody else was faster
        messages.info(request, _("Every line has its answer already; nothing was changed."))
        return redirect("verification:roster", uuid=uuid)
    if step == "drop" or (form is not None and form.is_valid()):
        try:
            _do(step, roster, form.cleaned_data if form is not None else {}, user)
        except ValidationError as refused:
            if form is None:
                messages.error(request, " ".join(refused.messages))
                return redirect("verification:roster", uuid=uuid)
            form.add_error(None, refused)
        else:
            messages.success(request, _("Noted."))
            return redirect("verification:roster", uuid=uuid)
    context = {"roster": roster, "rows": rows, "sent": sent, "reply": reply, "open_lines": open_lines}
    return private(render(request, "verification/roster.html", context, status=422 if step else 200))


def _do(step: str, roster: Roster, given: dict[str, Any], user: User) -> None:
    if step == "sent":
        services.mark_sent(roster=roster, by=user, **given)
    elif step == "reply":
        services.note_replies(roster=roster, by=user, **given)
    else:
        services.drop_roster(roster=roster, by=user)


@login_required
@require_safe
def file(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The file, byte for byte as it was made."""
    roster = roster_of_school(cast(User, request.user), uuid)
    response = HttpResponse(roster.body.encode(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="ce-broker-{roster.school.slug}-{roster.number}.csv"'
    response["X-Content-Type-Options"] = "nosniff"
    return private(response)
