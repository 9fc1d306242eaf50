"""The school's competencies and evaluation forms: the list, one of them, the library."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import require_role, role_required
from accounts.buttons import by_button
from accounts.models import Organisation
from accounts.selectors import schools_of

from ..access_competencies import kept_competency
from ..forms.competencies import CompetencyForm, EvaluationFormForm
from ..models import EvaluationForm, State
from ..selectors.competencies import KEEPING_ROLES, forms_in_use, kept_competencies
from ..services import retire_competency, take_over_library
from .replies import status_of
from .sure import ask_once_more


@role_required(*KEEPING_ROLES)
@require_safe
def competencies(request: HttpRequest) -> HttpResponse:
    """What learners of these schools must show, and what evaluations ask."""
    schools = list(schools_of(request.user, *KEEPING_ROLES))  # type: ignore[arg-type]
    rows = []
    for one in kept_competencies(schools):
        versions = one.all_versions  # type: ignore[attr-defined]
        used = next((version for version in versions if version.state == State.IN_USE), None)
        draft = next((version for version in versions if version.state == State.DRAFT), None)
        rows.append((one, used or draft or versions[0], used, draft))
    return render(
        request,
        "externships/competencies_desk.html",
        {
            "rows": [row for row in rows if row[2] or row[3]],
            "retired": [row for row in rows if not (row[2] or row[3])],
            "forms": forms_in_use(schools),
            "schools": schools,
            "several": len(schools) > 1,
        },
    )


@login_required
@by_button("externships:desk_competencies")
def take_over(request: HttpRequest, slug: str) -> HttpResponse:
    """Put the library on a school's list."""
    school = Organisation.objects.filter(slug=slug, kind=Organisation.Kind.SCHOOL).first()
    if school is None:
        raise Http404
    require_role(request.user, school, *KEEPING_ROLES)  # type: ignore[arg-type]
    count = take_over_library(school=school, by=request.user)  # type: ignore[arg-type]
    if count:
        messages.success(
            request,
            ngettext("%(count)s competency is in use now.", "%(count)s competencies are in use now.", count)
            % {"count": count},
        )
    else:
        messages.info(request, _("All of the library stands on your list already."))
    return redirect("externships:desk_competencies")


@role_required(*KEEPING_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Write down a competency."""
    schools = list(schools_of(request.user, *KEEPING_ROLES))  # type: ignore[arg-type]
    form = CompetencyForm(request.POST or None, schools=schools, competency=None, by=request.user)  # type: ignore[arg-type]
    return _saved(request, form) or render(
        request, "externships/competencies_form.html", {"form": form, "competency": None}, status=status_of(form)
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def competency(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One competency: its words to change, and its versions."""
    found = kept_competency(request.user, uuid)  # type: ignore[arg-type]
    form = CompetencyForm(request.POST or None, schools=[found.school], competency=found, by=request.user)  # type: ignore[arg-type]
    return _saved(request, form) or render(
        request,
        "externships/competencies_form.html",
        {
            "form": form,
            "competency": found,
            "versions": list(found.versions.order_by("-number").select_related("written_by")),
        },
        status=status_of(form),
    )


def _saved(request: HttpRequest, form: CompetencyForm) -> HttpResponse | None:
    if request.method != "POST" or not form.is_valid():
        return None
    put_in_use = request.POST.get("do") == "use"
    version = form.save(put_in_use=put_in_use)
    if version is None:
        return None
    if version.state == State.IN_USE:
        messages.success(request, _("In use: %(title)s.") % {"title": version.title})
    else:
        messages.success(request, _("Saved as a draft. Learners are asked for it once it is put in use."))
    return redirect("externships:desk_competencies")


@login_required
@by_button("externships:desk_competency", "uuid")
def retire(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Ask for a competency no more."""
    found = kept_competency(request.user, uuid)  # type: ignore[arg-type]
    page = ask_once_more(
        request,
        title=_("Ask for it no more?"),
        words=_(
            "No learner is rated on it from now on, and this version does not come back. What was passed stays passed."
        ),
        button=_("Ask for it no more"),
        back=reverse("externships:desk_competency", args=[uuid]),
    )
    if page is not None:
        return page
    retire_competency(competency=found, by=request.user)  # type: ignore[arg-type]
    messages.success(request, _("It is asked for no more. What was passed stays passed."))
    return redirect("externships:desk_competencies")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def evaluation_form(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What one kind of evaluation asks, to change."""
    found = EvaluationForm.objects.select_related("school").filter(uuid=uuid, state=State.IN_USE).first()
    if found is None:
        raise Http404
    require_role(request.user, found.school_id, *KEEPING_ROLES)  # type: ignore[arg-type]
    form = EvaluationFormForm(request.POST or None, form=found, by=request.user)  # type: ignore[arg-type]
    if request.method == "POST" and form.is_valid() and form.save() is not None:
        messages.success(request, _("Saved. It is asked like this from now on; what was answered stays as it was."))
        return redirect("externships:desk_competencies")
    return render(
        request,
        "externships/competencies_evaluation_form.html",
        {"form": form, "evaluation": found},
        status=status_of(form),
    )
