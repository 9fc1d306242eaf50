"""Announcements: staff write to a group, see it before it goes, and a learner puts it away."""

import hashlib
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import role_required
from accounts.models import User
from accounts.selectors import STAFF_ROLES

from ..access import announcement_to, cohort_for
from ..forms import AnnouncementForm
from ..selectors import announcements_of
from ..selectors.announcements import SHOWN_DAYS
from ..services import announce, dismiss_announcement, left_today, recipients
from ..services.announcements import MOST_A_DAY

ROWS_A_PAGE = 20


@role_required(*STAFF_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def announcements(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What a group was told, and a form to tell it more: first seen, then sent. At most ten queries to read."""
    user = cast(User, request.user)
    group = cohort_for(user, uuid)
    form = AnnouncementForm(request.POST if request.method == "POST" else None)
    preview: dict[str, Any] | None = None
    if request.method == "POST" and form.is_valid():
        preview = form.cleaned_data
        # Only what was seen is sent: a text changed after its preview is shown once more.
        if request.POST.get("action") == "send" and request.POST.get("seen") == _digest(preview):
            sent = form.attempt(
                lambda: announce(
                    uuid=form.cleaned_data["key"],
                    cohort=group,
                    subject=form.cleaned_data["subject"],
                    text=form.cleaned_data["text"],
                    by=user,
                )
            )
            if sent is not None:
                said = ngettext("Sent to %(n)d learner.", "Sent to %(n)d learners.", sent.sent_to)
                messages.success(request, said % {"n": sent.sent_to})
                return redirect("study:cohort_announcements", uuid=group.uuid)
            preview = None
    return render(
        request,
        "study/desk_cohort_announcements.html",
        {
            "cohort": group,
            "form": form,
            "preview": preview,
            "seen": _digest(preview) if preview else "",
            "learners": len(recipients(group)),
            "left": max(left_today(group, now=timezone.now()), 0),
            "most": MOST_A_DAY,
            "days": SHOWN_DAYS,
            "page_obj": Paginator(announcements_of(group), ROWS_A_PAGE).get_page(request.GET.get("page")),
        },
        status=422 if form.errors else 200,
    )


def _digest(words: dict[str, Any]) -> str:
    return hashlib.sha256(f"{words['subject']}\n{words['text']}".encode()).hexdigest()


@login_required
@require_POST
def dismiss(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Put an announcement away, and go on studying."""
    announcement, enrollment = announcement_to(cast(User, request.user), uuid)
    dismiss_announcement(announcement=announcement, enrollment=enrollment)
    messages.success(request, _("It is put away."))
    return redirect("study:home")
