"""A school's programs in the CMS, for its registrars: settings, team, approvals, new programs and versions."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Organisation, User
from accounts.selectors import schools_of

from ..forms import ApprovalForm, NewProgramForm, ProgramForm
from ..models import RESPONSIBLE, CourseApproval, Program, ProgramPage
from ..models.offers import teachers_of
from ..selectors import examinations_of
from ..services import (
    change_program,
    create_program,
    join_team,
    leave_team,
    new_version,
    record_approval,
    withdraw_approval,
)


def _schools(request: HttpRequest) -> list[Organisation]:
    """The schools whose programs she keeps; 403 for who keeps none."""
    found = list(Organisation.objects.filter(pk__in=schools_of(request.user, *RESPONSIBLE)))  # type: ignore[arg-type]
    if not found:
        raise PermissionDenied
    return found


def _program(request: HttpRequest, uuid: UUID) -> Program:
    """A program that she keeps; another school's is not there."""
    program = (
        Program.objects.select_related("school", "rule_set").filter(uuid=uuid, school__in=_schools(request)).first()
    )
    if program is None:
        raise Http404
    return program


@require_safe
def programs(request: HttpRequest) -> HttpResponse:
    """The programs of her schools with their learners' number. 3 queries."""
    rows = (
        Program.objects.filter(school__in=_schools(request))
        .select_related("school", "rule_set")
        .order_by("school__name", "code", "-version")
    )
    return render(request, "catalog/admin/programs.html", {"programs": rows})


@require_http_methods(["GET", "HEAD", "POST"])
def add_program(request: HttpRequest) -> HttpResponse:
    """Make a program with the draft of its page."""
    form = NewProgramForm(request.POST if request.method == "POST" else None, schools=_schools(request))
    if request.method == "POST" and form.is_valid():
        try:
            made = create_program(by=request.user, **form.cleaned_data)  # type: ignore[arg-type]
        except ValidationError as error:
            _put(form, error)
        else:
            messages.success(
                request, _("“%(title)s” is there. Give it a team and write its page.") % {"title": made.title}
            )
            return redirect("catalog_program", made.uuid)
    return render(request, "catalog/admin/program_new.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def program(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One program: its settings, its team, its approvals, its versions."""
    found = _program(request, uuid)
    form = ProgramForm(request.POST if request.method == "POST" else None, instance=found)
    if request.method == "POST" and form.is_valid():
        try:
            change_program(program=found, by=request.user, **form.cleaned_data)  # type: ignore[arg-type]
        except ValidationError as error:
            _put(form, error)
        else:
            messages.success(request, _("The settings are kept. They bind from now on."))
            return redirect("catalog_program", uuid)
    return render(request, "catalog/admin/program.html", _told(found, form, ApprovalForm(program=found)))


def _told(found: Program, form: ProgramForm, approval: ApprovalForm) -> dict[str, Any]:
    program = Program.objects.select_related("school", "rule_set").get(pk=found.pk)
    team = User.objects.filter(teams__team__program=program).order_by("legal_name")
    return {
        "program": program,
        "form": form,
        "approval_form": approval,
        "team": team,
        "others": teachers_of(program).exclude(pk__in=team).order_by("legal_name"),
        "approvals": program.approvals.select_related("module", "instructor"),
        "versions": Program.objects.filter(school=program.school, code=program.code).order_by("-version"),
        "examinations": examinations_of(program),
        "page": ProgramPage.objects.filter(program=program, alias_of=None).order_by("pk").first(),
    }


def _put(form: Any, error: ValidationError) -> None:
    fields = getattr(error, "error_dict", {})
    for name, problems in fields.items():
        form.add_error(name if name in form.fields else None, problems)
    if not fields:
        form.add_error(None, error)


@require_POST
def team(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Let an instructor write the program's lessons, or no longer."""
    found = _program(request, uuid)
    user = teachers_of(found).filter(uuid__in=_uuids(request.POST.get("user"))).first()
    leaving = User.objects.filter(teams__team__program=found, uuid__in=_uuids(request.POST.get("user"))).first()
    if request.POST.get("do") == "leave" and leaving is not None:
        leave_team(program=found, user=leaving)
        messages.success(request, _("%(name)s no longer writes for this program.") % {"name": leaving.get_full_name()})
    elif request.POST.get("do") == "join" and user is not None:
        join_team(program=found, user=user)
        messages.success(request, _("%(name)s writes for this program.") % {"name": user.get_full_name()})
    else:
        messages.error(request, _("Choose an instructor of the school."))
    return redirect("catalog_program", uuid)


def _uuids(value: str | None) -> list[UUID]:
    try:
        return [UUID(value or "")]
    except ValueError:
        return []


@require_POST
def approve(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Write down an approval; from now on title and minutes of what it names do not change."""
    found = _program(request, uuid)
    form = ApprovalForm(request.POST, program=found)
    if form.is_valid():
        try:
            record_approval(program=found, by=request.user, **form.cleaned_data)  # type: ignore[arg-type]
        except ValidationError as error:
            _put(form, error)
        else:
            messages.success(request, _("The approval is written down. The database keeps title and minutes to it."))
            return redirect("catalog_program", uuid)
    return render(request, "catalog/admin/program.html", _told(found, ProgramForm(instance=found), form))


@require_POST
def withdraw(request: HttpRequest, uuid: UUID, approval: UUID) -> HttpResponse:
    """End an approval today."""
    found = _program(request, uuid)
    row = get_object_or_404(CourseApproval, program=found, uuid=approval)
    withdraw_approval(approval=row, by=request.user)  # type: ignore[arg-type]
    messages.success(request, _("The approval %(number)s is withdrawn.") % {"number": str(row)})
    return redirect("catalog_program", uuid)


@require_POST
def version(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Copy the program as its next version."""
    fresh = new_version(program=_program(request, uuid), by=request.user)  # type: ignore[arg-type]
    messages.success(
        request,
        _("Version %(number)d is there, with all pages as drafts. Learners of older versions stay in theirs.")
        % {"number": fresh.version},
    )
    return redirect("catalog_program", fresh.uuid)
