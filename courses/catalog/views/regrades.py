"""Regrades in the CMS: how, what would change, and the decision with its reason."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from certification.quizzes.grading import How
from certification.quizzes.models import Question, Quiz
from certification.quizzes.selectors import (
    RegradePlan,
    alias_of,
    asked_question,
    newest_version,
    regrade_plan,
    regrades_of_question,
    versions_to_grade_by,
)
from certification.quizzes.services import StalePlanError

from ..access import may_regrade, quiz_for
from ..mark_forms import HowForm, RegradeForm
from ..services import decide_regrade
from .questions import crumbs, put_errors, short

MOST_LISTED = 200


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def regrade(request: HttpRequest, uuid: UUID, question: UUID) -> HttpResponse:
    """Choose how (in the address), see what would change; POST decides it."""
    user: Any = request.user
    quiz = quiz_for(user, uuid)
    found = asked_question(quiz, question)
    if found is None:
        raise Http404
    versions = versions_to_grade_by(found)
    chosen = HowForm(request.GET or None, versions=versions, initial={"how": How.KEY, "version": _first(versions)})
    plan, form = None, None
    if chosen.is_valid():
        how, version = How(chosen.cleaned_data["how"]), chosen.cleaned_data["version"]
        if request.method == "POST":
            form = RegradeForm(request.POST)
            if form.is_valid() and (done := _decided(request, quiz, found, how, version, form)) is not None:
                return done
        plan = regrade_plan(quiz=quiz, question=found, how=how, by_version=version)
        if form is None:
            form = RegradeForm(initial={"expected": plan.stamp})
        else:
            # She reads the plan as it is now: her next press is meant for it.
            form.data = {**request.POST.dict(), "expected": plan.stamp}
    return render(request, "catalog/admin/regrade.html", _told(user, quiz, found, chosen, plan, form))


def _first(versions: list[Any]) -> int | None:
    return versions[0].number if versions else None


def _decided(
    request: HttpRequest, quiz: Quiz, question: Question, how: How, version: Any, form: RegradeForm
) -> HttpResponse | None:
    """Apply it and lead on; None where it is refused, with the reason on the form."""
    try:
        made = decide_regrade(
            quiz=quiz,
            question=question,
            how=how,
            by_version=version,
            by=request.user,  # type: ignore[arg-type]
            **form.cleaned_data,
        )
    except StalePlanError as refused:
        form.add_error(None, refused.messages)
        return None
    except ValidationError as refused:
        put_errors(form, refused)
        return None
    changed = made.score_changes.count()
    messages.success(
        request,
        ngettext(
            "One score has changed. Its learner gets a mail.",
            "%(number)d scores have changed. Their learners get a mail.",
            changed,
        )
        % {"number": changed},
    )
    return redirect("cms_regrade", quiz.uuid, question.uuid)


def _told(
    user: Any, quiz: Quiz, question: Question, chosen: HowForm, plan: RegradePlan | None, form: RegradeForm | None
) -> dict[str, Any]:
    stem = newest_version(question).stem
    title = _("Grade again")
    told: dict[str, Any] = {
        "quiz": quiz,
        "question": question,
        "ask": short(stem, 300),
        "chosen": chosen,
        "plan": plan,
        "form": form,
        "earlier": regrades_of_question(quiz, question),
        "page_title": title,
        "header_title": title,
        "header_icon": "rotate",
        "breadcrumbs_items": crumbs(
            (reverse("cms_quizzes"), _("Quizzes")),
            (reverse("cms_quiz", args=[quiz.uuid]), quiz.title),
            (reverse("cms_analysis", args=[quiz.uuid]), _("Analysis")),
            ("", title),
        ),
    }
    if plan is not None:
        told |= {
            "changes": [(each, alias_of(each.attempt.uuid)) for each in plan.changes[:MOST_LISTED]],
            "more": max(len(plan.changes) - MOST_LISTED, 0),
            "own": plan.touches(user),
            "may_decide": may_regrade(user, quiz, plan.by_version),
        }
    return told
