"""The registrar's pages for versions of rules: which judge whom, and who is affected before one is activated."""

from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import role_required
from certification.requirements.selectors import labelled

from ..access import sealing_school
from ..forms import ActivationForm
from ..selectors import preview_of, rule_sets_in_use
from ..services import ACTIVATING_ROLES, activate_version


@role_required(*ACTIVATING_ROLES)
@require_safe
def rule_sets(request: HttpRequest) -> HttpResponse:
    """The rule sets that judge this school's records, their versions, and what waits to be activated."""
    school, schools = sealing_school(request.user, request.GET.get("school"))  # type: ignore[arg-type]
    return render(
        request,
        "records/desk_rule_sets.html",
        {"school": school, "schools": schools, "families": rule_sets_in_use(school)},
    )


@role_required(*ACTIVATING_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def activation(request: HttpRequest, label: str) -> HttpResponse:
    """Who would be judged anew by a version, and how; and the button that does it."""
    school, schools = sealing_school(request.user, request.GET.get("school"))  # type: ignore[arg-type]
    rule_set = labelled(label)
    family = next((one for one in rule_sets_in_use(school) if rule_set and one.identifier == rule_set.identifier), None)
    if rule_set is None or family is None:
        raise Http404
    version = next(one for one in family.versions if one.rule_set == rule_set)
    today = timezone.localdate(timezone=ZoneInfo(school.zone))
    form = ActivationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            activate_version(
                school=school,
                rule_set=rule_set,
                by=request.user,  # type: ignore[arg-type]
                as_of=today,
                expected=form.cleaned_data["expected"],
                note=form.cleaned_data["note"],
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            _say_done(request, rule_set.label, form.cleaned_data["expected"])
            return redirect(f"{reverse('records:rule_sets')}?school={school.slug}")
    return render(
        request,
        "records/desk_activation.html",
        {
            "school": school,
            "schools": schools,
            "rule_set": rule_set,
            "version": version,
            # Looked at anew also after a refusal: what is sent next is the number that is shown now.
            "preview": preview_of(school, rule_set, today),
            "form": form,
        },
        status=422 if form.is_bound else 200,
    )


def _say_done(request: HttpRequest, label: str, count: int) -> None:
    messages.success(
        request,
        ngettext(
            "%(label)s judges from now on. %(n)d record is judged anew.",
            "%(label)s judges from now on. %(n)d records are judged anew.",
            count,
        )
        % {"label": label, "n": count},
    )
