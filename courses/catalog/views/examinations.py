"""By which quizzes a program examines, in the CMS, for its registrars and the leads of its modules."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from ..access import may_examine, program_to_examine_for, programs_kept_by, quizzes_of
from ..models import Examination, Program
from ..plan_forms import ExaminationForm, GateRows, gate_choices, gate_rows, written_gates
from ..quiz_forms import moved
from ..selectors import examinations_of, names_for_examination, quizzes_to_examine_by
from ..services import order_examinations, remove_examination, set_examination
from .questions import crumbs, put_errors


def _crumbs(request: HttpRequest, program: Program, *more: tuple[str, str]) -> list[dict[str, Any]]:
    kept = programs_kept_by(request.user).filter(pk=program.pk).exists()  # type: ignore[arg-type]
    return crumbs((reverse("catalog_program", args=[program.uuid]) if kept else "", program.title), *more)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def examinations(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The examinations of a program in their order; POST moves one up or down, or takes it out."""
    program = program_to_examine_for(request.user, uuid)  # type: ignore[arg-type]
    lines = examinations_of(program)
    if request.method == "POST":
        rows = [line.examination for line in lines]
        after = moved(rows, request.POST.get("do", ""))
        gone = [each for each in rows if after is not None and each not in after]
        try:
            if gone:
                remove_examination(examination=gone[0], by=request.user)  # type: ignore[arg-type]
                messages.success(request, _("“%s” is taken out. Who has it keeps it.") % gone[0].title)
            elif after is not None:
                order_examinations(program=program, order=after, by=request.user)  # type: ignore[arg-type]
        except ValidationError as refused:
            messages.error(request, " ".join(refused.messages))
        return redirect("catalog_examinations", uuid)
    title = _("Examinations")
    context = {
        "program": program,
        "lines": lines,
        "page_title": f"{title}: {program.title}",
        "header_title": title,
        "header_icon": "tasks",
        "breadcrumbs_items": _crumbs(request, program, ("", title)),
    }
    return render(request, "catalog/admin/examinations.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def examination(request: HttpRequest, uuid: UUID, named: UUID | None = None) -> HttpResponse:
    """One examination: the quiz, its title, attempts, and what must come before it."""
    user: Any = request.user
    program = program_to_examine_for(user, uuid)
    rows = Examination.objects.filter(program=program).select_related("quiz")
    found = get_object_or_404(rows, uuid=named) if named else None
    quizzes = quizzes_to_examine_by(program, quizzes_of(user)) if found is None else None
    choices = gate_choices(names_for_examination(program, found.quiz if found else None))
    sent = request.POST if request.method == "POST" else None
    begun = {name: getattr(found, name) for name in ("title", "attempts_allowed", "is_required")} if found else {}
    form = ExaminationForm(sent, quizzes=quizzes, initial=begun)
    gates = GateRows(
        sent,
        initial=gate_rows(found.own_gates if found else (), choices),
        prefix="g",
        form_kwargs={"gates": choices},
    )
    if sent is not None and form.is_valid() & gates.is_valid():
        said: dict[str, Any] = {**form.cleaned_data, **({"quiz": found.quiz} if found else {})}
        try:
            made = set_examination(program=program, by=user, gates=written_gates(gates), **said)
        except ValidationError as refused:
            put_errors(form, refused)
        else:
            messages.success(
                request,
                _("“%s” is kept. Who is enrolled has it within minutes; who enrolls from now on, at once.")
                % made.title,
            )
            return redirect("catalog_examinations", uuid)
    title = found.title if found else _("A new examination")
    context = {
        "program": program,
        "examination": found,
        "form": form,
        "gates": gates,
        "offered": quizzes is None or quizzes.exists(),
        "hers": found is not None and may_examine(user, program) and quizzes_of(user).filter(pk=found.quiz_id).exists(),
        "page_title": title,
        "header_title": title,
        "header_icon": "tasks",
        "breadcrumbs_items": _crumbs(
            request, program, (reverse("catalog_examinations", args=[uuid]), _("Examinations")), ("", title)
        ),
    }
    return render(request, "catalog/admin/examination.html", context)
