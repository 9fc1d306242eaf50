"""Cases that several questions ask about, in the CMS: their list, the form, and putting them in use."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from certification.quizzes.models import Question, Vignette
from certification.quizzes.selectors import cases_of, questions_of_case, writers_of_question
from certification.quizzes.services import write_vignette
from certification.quizzes.types import KINDS

from ..access import banks_of, may_put_in_use, vignette_for
from ..quiz_forms import VignetteForm
from ..services import release_vignette
from .questions import crumbs, put_errors, short, state_of


@require_safe
def vignettes(request: HttpRequest) -> HttpResponse:
    """The cases of her banks. 3 queries besides those of her rights."""
    title = _("Cases")
    banks = banks_of(request.user)  # type: ignore[arg-type]
    context = {
        "cases": cases_of(banks).order_by("bank__title", "title", "pk"),
        "may_add": banks.exists(),
        "page_title": title,
        "header_title": title,
        "header_icon": "user",
        "breadcrumbs_items": crumbs((reverse("cms_questions"), _("Questions")), ("", title)),
    }
    return render(request, "catalog/admin/vignettes.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def add_vignette(request: HttpRequest) -> HttpResponse:
    """Write a case into a bank."""
    if not banks_of(request.user).exists():  # type: ignore[arg-type]
        messages.info(request, _("You write in no bank yet. A bank comes with the quiz of a module."))
        return redirect("cms_vignettes")
    return _written(request, None)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def vignette(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Write a case's next version, and see its questions."""
    return _written(request, vignette_for(request.user, uuid))  # type: ignore[arg-type]


def _written(request: HttpRequest, found: Vignette | None) -> HttpResponse:
    user: Any = request.user
    banks = banks_of(user)
    newest = found.versions.latest("number") if found is not None else None
    begun = {}
    if found is not None and newest is not None:
        banks = banks.filter(pk=found.bank_id)
        begun = {"bank": found.bank, "title": newest.title, "text": newest.text, "based_on": newest.number}
    form = VignetteForm(
        request.POST if request.method == "POST" else None, initial=begun, banks=banks, fixed=found is not None
    )
    if request.method == "POST" and form.is_valid():
        try:
            kept = write_vignette(vignette=found, by=user, **form.cleaned_data)
        except ValidationError as error:
            put_errors(form, error)
            if found is not None and newest is not None and getattr(error, "code", "") == "stale":
                form.data = {**request.POST.dict(), "based_on": newest.number}
        else:
            messages.success(request, _("The case is kept. Nobody is asked its new words yet."))
            return redirect("cms_vignette", kept.uuid)
    title = newest.title if newest is not None else _("A new case")
    questions = _listed(found) if found is not None else []
    waits = [row for row in questions if row["waits"]]
    context: dict[str, Any] = {
        "form": form,
        "case": found,
        "questions": questions,
        "versions": list(found.versions.select_related("written_by").order_by("-number")) if found is not None else [],
        "waits": bool(waits),
        "may_use": found is not None
        and may_put_in_use(user, found.bank, {by for row in waits for by in writers_of_question(row["question"])}),
        "page_title": title,
        "header_title": title,
        "header_icon": "user",
        "breadcrumbs_items": crumbs(
            (reverse("cms_questions"), _("Questions")), (reverse("cms_vignettes"), _("Cases")), ("", title)
        ),
    }
    return render(request, "catalog/admin/vignette.html", context)


def _listed(found: Vignette) -> list[dict[str, Any]]:
    return [
        {
            "question": row,
            "ask": short(row.stem),
            "kind": KINDS[row.kind].label,
            "state": state_of(row),
            "waits": row.state != Question.State.RETIRED and row.asked_number != row.newest,
        }
        for row in questions_of_case(found)
    ]


@require_POST
def vignette_state(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Put a case and all its questions in use."""
    found = vignette_for(request.user, uuid)  # type: ignore[arg-type]
    try:
        release_vignette(vignette=found, by=request.user)  # type: ignore[arg-type]
        messages.success(request, _("The case and its questions are in use. Open attempts keep what they began with."))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("cms_vignette", uuid)
