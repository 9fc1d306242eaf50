"""The Gap page: what a learner lacks and what would close it; for staff the same for a cohort, and its hours."""

from typing import cast
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.access import role_required
from accounts.models import User
from accounts.selectors import STAFF_ROLES, has_role, roles_of
from certification.records.access import SEALING_ROLES, own_target, record_for
from certification.records.selectors import crosswalks_to, targets_of
from certification.records.services import choose_target, drop_target
from certification.requirements.selectors import newest_of_all
from courses.enrollments.selectors import INVITING_ROLES

from ..access import cohort_for
from ..selectors import SORTS, cohort_gap, cohort_hours, cohorts_of, enrollments_in, gap_views, sorted_by
from ..selectors.gaps import ROWS_A_PAGE


@login_required
@never_cache
@require_safe
def gap(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What is lacking for the program and for each aim. For the learner, and for staff of her school."""
    record = record_for(request.user, uuid)  # type: ignore[arg-type]
    today = timezone.localdate(timezone=ZoneInfo(record.zone))
    aims = {target.identifier: target for target in targets_of(record.learner)}
    placed = {crosswalk.target for crosswalk in crosswalks_to(record.school, record.rule_set.identifier)}
    choices = [
        (rule_set, rule_set.identifier in placed)
        for rule_set in newest_of_all()
        if rule_set.identifier not in aims and rule_set.identifier != record.rule_set.identifier
    ]
    return render(
        request,
        "study/gap.html",
        {
            "record": record,
            "mine": record.learner.user_id == request.user.pk,
            "views": [(view, aims.get(view.gap.rule_set.identifier)) for view in gap_views(record, as_of=today)],
            "choices": sorted(choices, key=lambda choice: not choice[1]),
        },
    )


@login_required
@require_POST
def aim(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Let a learner aim at one more rule set."""
    record = record_for(request.user, uuid)  # type: ignore[arg-type]
    if record.learner.user_id != request.user.pk:
        raise Http404
    try:
        choose_target(learner=record.learner, identifier=request.POST.get("rules", "")[:64])
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("study:gap", uuid=uuid)


@login_required
@require_POST
def drop(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """End one of her own aims, and go back to the page that she came from."""
    drop_target(target=own_target(request.user, uuid))  # type: ignore[arg-type]
    messages.success(request, _("It is off your page. Your hours are untouched."))
    record = request.POST.get("record", "")
    try:
        return redirect("study:gap", uuid=record_for(request.user, UUID(record)).uuid)  # type: ignore[arg-type]
    except (ValueError, Http404):
        return redirect("study:home")


@role_required(*STAFF_ROLES)
@require_safe
def cohorts(request: HttpRequest) -> HttpResponse:
    """The groups of the schools where this person works."""
    page = Paginator(cohorts_of(request.user), ROWS_A_PAGE).get_page(request.GET.get("page"))  # type: ignore[arg-type]
    plans = any(role in INVITING_ROLES for _place, role in roles_of(request.user))  # type: ignore[arg-type]
    return render(request, "study/desk_cohorts.html", {"page_obj": page, "plans": plans, "today": timezone.localdate()})


@role_required(*STAFF_ROLES)
@require_safe
def cohort(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What the learners of a cohort lack, by the program's rules or by those that they may aim at."""
    group = cohort_for(request.user, uuid)  # type: ignore[arg-type]
    own = group.program.rule_set
    placed = {crosswalk.target for crosswalk in crosswalks_to(group.program.school, own.identifier)}
    choices = [rule_set for rule_set in newest_of_all() if rule_set.identifier in placed]
    asked = request.GET.get("rules", "")
    chosen = asked if asked in placed else ""
    page = Paginator(enrollments_in(group), ROWS_A_PAGE).get_page(request.GET.get("page"))
    today = timezone.localdate(timezone=ZoneInfo(group.program.school.zone))
    return render(
        request,
        "study/desk_cohort.html",
        {
            "cohort": group,
            "board": cohort_gap(group, page.object_list, identifier=chosen, as_of=today),
            "page_obj": page,
            "own": own,
            "choices": choices,
            "chosen": chosen,
        },
    )


@role_required(*STAFF_ROLES)
@require_safe
def hours_of_cohort(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The attended hours of a cohort, learner by learner and subject by subject. At most ten queries."""
    user = cast(User, request.user)
    group = cohort_for(user, uuid)
    sort = request.GET.get("sort", "")
    sort = sort if sort in SORTS else "name"
    page = Paginator(sorted_by(group, sort), ROWS_A_PAGE).get_page(request.GET.get("page"))
    today = timezone.localdate(timezone=ZoneInfo(group.program.school.zone))
    return render(
        request,
        "study/desk_cohort_hours.html",
        {
            "cohort": group,
            "board": cohort_hours(group, page.object_list, today=today),
            "page_obj": page,
            "sort": sort,
            "sorts": SORTS.items(),
            "seals": has_role(user, group.program.school_id, *SEALING_ROLES),
        },
    )
