"""The registrar's pages on where the hours of one rule set stand in another one."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import role_required
from certification.requirements.selectors import newest, newest_of_all

from ..access import sealing_school
from ..forms import CrosswalkForm
from ..selectors import courses_by_category, crosswalk_between, crosswalks_to, rule_sets_in_use
from ..services import CROSSING_ROLES


@role_required(*CROSSING_ROLES)
@require_safe
def crosswalks(request: HttpRequest) -> HttpResponse:
    """For each rule set that judges this school's records: the ones into which its hours are placed, and the others."""
    school, schools = sealing_school(request.user, request.GET.get("school"))  # type: ignore[arg-type]
    everything = newest_of_all()
    sources = []
    for family in rule_sets_in_use(school):
        placed = {crosswalk.target: crosswalk for crosswalk in crosswalks_to(school, family.identifier)}
        sources.append(
            {
                "family": family,
                "targets": [
                    {"rule_set": rule_set, "crosswalk": placed.get(rule_set.identifier)}
                    for rule_set in everything
                    if rule_set.identifier != family.identifier
                ],
            }
        )
    return render(request, "records/desk_crosswalks.html", {"school": school, "schools": schools, "sources": sources})


@role_required(*CROSSING_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def crosswalk(request: HttpRequest, source: str, target: str) -> HttpResponse:
    """Say for each category where its hours stand in the other rule set."""
    school, schools = sealing_school(request.user, request.GET.get("school"))  # type: ignore[arg-type]
    families = {family.identifier for family in rule_sets_in_use(school)}
    from_rules, to_rules = newest(source), newest(target)
    if source not in families or from_rules is None or to_rules is None or source == target:
        raise Http404
    kept = crosswalk_between(school, source, target)
    form = CrosswalkForm(
        request.POST or None,
        from_rules=from_rules,
        to_rules=to_rules,
        kept=kept,
        courses=courses_by_category(school, source),
    )
    if request.method == "POST" and form.save(school=school, by=request.user):  # type: ignore[arg-type]
        messages.success(
            request, _("Kept. Learners who aim at “%(title)s” see it at once.") % {"title": to_rules.title}
        )
        return redirect(f"{reverse('records:crosswalks')}?school={school.slug}")
    return render(
        request,
        "records/desk_crosswalk.html",
        {
            "school": school,
            "schools": schools,
            "from_rules": from_rules,
            "to_rules": to_rules,
            "kept": kept,
            "form": form,
        },
        status=422 if request.method == "POST" else 200,
    )
