"""Marking in the CMS: who waits, oldest first and without names, and one answer with its rubric."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from certification.quizzes.models import Attempt, Mark
from certification.quizzes.selectors import (
    ToMark,
    alias_of,
    essays_of,
    history_of,
    lately_marked,
    mark_to_correct,
    marking_queue,
    percent_of,
    stands_of,
    waiting_of,
)
from certification.quizzes.services import AlreadyMarkedError, CorrectedMeanwhileError, NotNowError

from ..access import attempt_to_mark_for, quizzes_of
from ..mark_forms import CorrectionForm, MarkForm
from ..services import correct_a_mark, give_mark
from .questions import crumbs

ROWS_A_PAGE = 50
MOST_LATELY = 20


@never_cache
@require_safe
def marking(request: HttpRequest) -> HttpResponse:
    """The attempts that wait for her mark, and what was marked lately. At most five queries of its own."""
    user: Any = request.user
    page = Paginator(marking_queue(quizzes_of(user), by=user), ROWS_A_PAGE).get_page(request.GET.get("p"))
    title = _("Answers to mark")
    context = {
        "page": page,
        "rows": [waiting_of(attempt) for attempt in page.object_list],
        "lately": [
            (mark, alias_of(mark.response.attempt.uuid))
            for mark in lately_marked(quizzes_of(user), by=user)[:MOST_LATELY]
        ],
        "page_title": title,
        "header_title": title,
        "header_icon": "edit",
        "breadcrumbs_items": crumbs(("", title)),
    }
    return render(request, "catalog/admin/marking.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def mark(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The next answer of an attempt that waits; POST gives it its mark and leads to the next one, or to the queue."""
    user: Any = request.user
    attempt = attempt_to_mark_for(user, uuid)
    essays = essays_of(attempt)
    open_ones = [answer for answer in essays if answer.waits]
    if request.method == "POST":
        named = next((answer for answer in essays if str(answer.position) == request.POST.get("position")), None)
        if named is None:
            return redirect("cms_mark", uuid)
        form = MarkForm(request.POST, answer=named)
        if form.is_valid() and (done := _marked(request, named, form)) is not None:
            return done
        answer = named
    elif not open_ones:
        messages.info(request, _("Nothing of this attempt waits for a mark."))
        return redirect("cms_marking")
    else:
        answer = open_ones[0]
        form = MarkForm(answer=answer)
    quiz, alias = attempt.assignment.quiz, alias_of(attempt.uuid)
    learner = attempt.assignment.record.learner.user
    context = {
        "attempt": attempt,
        "answer": answer,
        "left": len(open_ones),
        "form": form,
        "alias": alias,
        # Hidden until she asks: a mark is given to a text.
        "name": learner.legal_name if "name" in request.GET and learner else "",
        "page_title": f"{quiz.title}: {alias}",
        "header_title": quiz.title,
        "header_icon": "edit",
        "breadcrumbs_items": crumbs((reverse("cms_marking"), _("Answers to mark")), ("", alias)),
    }
    return render(request, "catalog/admin/mark.html", context)


def _marked(request: HttpRequest, answer: ToMark, form: MarkForm) -> HttpResponse | None:
    """Give the mark and lead on; None where it is refused, with the reason on the form."""
    attempt = answer.response.attempt
    try:
        marked = give_mark(
            response=answer.response,
            points=form.given("p"),
            remarks=form.given("r"),
            remark=form.cleaned_data["remark"],
            by=request.user,  # type: ignore[arg-type]
        )
    except AlreadyMarkedError as refused:
        # What she typed stays before her: she may want to tell the other.
        form.add_error(None, refused.messages)
        return None
    except NotNowError as refused:
        messages.error(request, " ".join(refused.messages))
        return redirect("cms_marking")
    except ValidationError as refused:
        form.refuse(refused)
        return None
    if not marked.finished:
        messages.success(request, _("The mark is kept. The attempt has another answer to mark."))
        return redirect("cms_mark", attempt.uuid)
    messages.success(request, _("The attempt is marked. The learner gets a mail, and her record the result."))
    return redirect("cms_marking")


# ---- corrections ----


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, uuid: UUID, position: int) -> HttpResponse:
    """One mark with all that stood before; POST puts another in its place, with the reason."""
    user: Any = request.user
    attempt = attempt_to_mark_for(user, uuid)
    mark = mark_to_correct(attempt, position)
    answer = next((each for each in essays_of(attempt) if each.position == position), None)
    if mark is None or answer is None:
        raise Http404
    form = CorrectionForm(
        request.POST if request.method == "POST" else None, answer=answer, initial=CorrectionForm.begun(stands_of(mark))
    )
    if request.method == "POST" and form.is_valid() and (done := _corrected(request, attempt, mark, form)) is not None:
        return done
    quiz, alias = attempt.assignment.quiz, alias_of(attempt.uuid)
    context = {
        "attempt": attempt,
        "answer": answer,
        "form": form,
        "history": history_of(mark),
        "percent": percent_of(attempt),
        "page_title": f"{quiz.title}: {alias}",
        "header_title": _("Correct a mark"),
        "header_icon": "edit",
        "breadcrumbs_items": crumbs((reverse("cms_marking"), _("Answers to mark")), ("", alias)),
    }
    return render(request, "catalog/admin/correct_mark.html", context)


def _corrected(request: HttpRequest, attempt: Attempt, mark: Mark, form: CorrectionForm) -> HttpResponse | None:
    """Put it in the mark's place and lead on; None where it is refused, with the reason on the form."""
    mark.response.attempt = attempt
    try:
        correct_a_mark(
            uuid=form.cleaned_data["uuid"],
            mark=mark,
            after=form.cleaned_data["after"],
            points=form.given("p"),
            remarks=form.given("r"),
            remark=form.cleaned_data["remark"],
            reason=form.cleaned_data["reason"],
            by=request.user,  # type: ignore[arg-type]
        )
    except CorrectedMeanwhileError as refused:
        # She reads what came between, on this page; her next press is meant.
        form.add_error(None, refused.messages)
        form.data = {**request.POST.dict(), "after": str(mark.corrections.count())}
        return None
    except ValidationError as refused:
        form.refuse(refused)
        return None
    messages.success(request, _("The mark is corrected. The old one stays to be seen, and the learner gets a mail."))
    return redirect("cms_correct_mark", attempt.uuid, mark.response.position)
