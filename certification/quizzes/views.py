"""The pages of a quiz: before it, in it, handing it in, and its result. Each works without script."""

import json
from collections.abc import Mapping
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from . import rules, selectors, services
from .access import assignment_for, attempt_for, response_for, result_for
from .learner_forms import AppealForm
from .models import Attempt, Response
from .types import BadAnswerError, UnreadableAnswerError, typed


@login_required
@never_cache
@require_safe
def assignment(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What the quiz is and asks, how far she is, and the way in."""
    assigned = assignment_for(request.user, uuid)  # type: ignore[arg-type]
    return render(request, "quizzes/start.html", {"start": selectors.start_page(assigned)})


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Begin an attempt or go on with the open one; opening the address alone begins nothing."""
    assigned = assignment_for(request.user, uuid)  # type: ignore[arg-type]
    if request.method != "POST":
        return redirect("quizzes:assignment", uuid=uuid)
    try:
        started = services.start_attempt(assignment=assigned)
    except services.NotNowError as refused:
        messages.error(request, " ".join(refused.messages))
        return redirect("quizzes:assignment", uuid=uuid)
    return redirect("quizzes:attempt", uuid=started.attempt.uuid)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def attempt(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """All questions on one page. POST keeps the answers and, asked to, goes on to handing in."""
    found = attempt_for(request.user, uuid)  # type: ignore[arg-type]
    if request.method == "POST":
        return _answered(request, found)
    if not found.is_open:
        return redirect("quizzes:result", uuid=uuid)
    return _page(request, found)


def _page(request: HttpRequest, found: Attempt, typed: Mapping[int, selectors.Typed] | None = None) -> HttpResponse:
    """The questions; `typed` is what could not be read and stands in its field again."""
    assigned = found.assignment
    now = timezone.now()
    questions = selectors.asked_questions(found, typed)
    context = {
        "attempt": found,
        "assignment": assigned,
        "questions": questions,
        "answered": sum(bool(question.answer) for question in questions),
        "rules_of_kinds": dict.fromkeys(question.rule for question in questions),
        "saved_at": max((question.saved_at for question in questions if question.saved_at), default=None),
        "last_moment": rules.deadline(assigned.closes_at, assigned.extra_minutes),
        "late": rules.is_late(now, assigned.closes_at, assigned.extra_minutes),
        "now_ms": int(now.timestamp() * 1000),
    }
    return render(request, "quizzes/attempt.html", context)


def _answered(request: HttpRequest, found: Attempt) -> HttpResponse:
    """Take what the form brings; then back to the page, to the empty questions, or to the result.

    What cannot be read is not kept: the page comes back with it in its field and a sentence beside it, and what can be
    read beside it is kept all the same.
    """
    handing_in = request.POST.get("action") == "submit"
    if not found.is_open:
        return redirect("quizzes:result", uuid=found.uuid)
    responses = selectors.responses_of(found)
    changes, unread = _changes(request.POST, found, responses)
    try:
        services.save_answers(changes=changes)
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
        if not (handing_in and isinstance(refused, services.NotNowError)):
            return redirect("quizzes:attempt", uuid=found.uuid)
    else:
        if unread:
            return _page(request, found, unread)
    if not handing_in:
        return redirect("quizzes:attempt", uuid=found.uuid)
    if all(response.answer for response in responses):
        return _handed_in(request, found)
    return redirect("quizzes:submit", uuid=found.uuid)


def _changes(
    sent: QueryDict, found: Attempt, responses: list[Response]
) -> tuple[list[tuple[Response, object]], dict[int, selectors.Typed]]:
    """The answers that were changed in this page, and by response what could not be read.

    What the page merely still shows takes nothing back.
    """
    changes: list[tuple[Response, object]] = []
    unread: dict[int, selectors.Typed] = {}
    for response in responses:
        version = response.question_version
        response.attempt = found
        raw, shown = _sent_for(sent, str(version.question.uuid))
        if raw is None:
            continue
        try:
            answer = version.type.read(raw, version.parsed)
        except UnreadableAnswerError as error:
            unread[response.pk] = selectors.Typed(typed(raw), str(error))
            continue
        except BadAnswerError:
            # The service says what to do.
            changes.append((response, raw))
            continue
        if rules.merged(shown=shown, sent=answer, kept=response.answer) is not None:
            changes.append((response, answer))
    return changes, unread


def _sent_for(sent: QueryDict, question: str) -> tuple[list[str] | dict[str, str] | None, list[str]]:
    """What the form's fields say for a question (by part where they name parts; None: it was not in the form), and
    the answer that the page held when it was made.
    """
    field, was = f"a-{question}", f"was-{question}"
    parts = {name[len(field) + 1 :]: str(sent[name]) for name in sent if name.startswith(f"{field}-")}
    if not parts and field not in sent and was not in sent:
        return None, []
    try:
        shown = json.loads(sent.get(was) or "[]")
    except (ValueError, RecursionError):
        shown = []
    return parts or sent.getlist(field), shown


def _handed_in(request: HttpRequest, found: Attempt) -> HttpResponse:
    try:
        services.submit_attempt(attempt=found)
    except services.NotNowError as refused:
        messages.error(request, " ".join(refused.messages))
        return redirect("quizzes:attempt", uuid=found.uuid)
    return redirect("quizzes:result", uuid=found.uuid)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def submit(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Name the questions that are empty and ask once; POST hands in."""
    found = attempt_for(request.user, uuid)  # type: ignore[arg-type]
    if not found.is_open:
        return redirect("quizzes:result", uuid=uuid)
    if request.method == "POST":
        return _handed_in(request, found)
    questions = selectors.asked_questions(found)
    empty = [questions[place - 1] for place in rules.unanswered([question.answer for question in questions])]
    context = {"attempt": found, "assignment": found.assignment, "questions": questions, "empty": empty}
    return render(request, "quizzes/submit.html", context)


@login_required
@never_cache
@require_safe
def result(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Score, verdict and, question by question, what may be seen now."""
    found, own = result_for(request.user, uuid)  # type: ignore[arg-type]
    if found.is_open:
        return redirect("quizzes:attempt", uuid=uuid)
    if not found.is_marked:
        lines = selectors.result_lines(found, rules.Sight(feedback=False, key=False))
        context = {"attempt": found, "assignment": found.assignment, "own": own, "lines": lines}
        return render(request, "quizzes/waiting.html", context)
    sight = selectors.learner_sight(found) if own else selectors.FULL_SIGHT
    told = selectors.result_of(found, sight)
    context = {
        "result": told,
        "after": selectors.afterwards(found, told.lines, sight, own=own),
        "assignment": found.assignment,
        "own": own,
        "start": selectors.start_page(found.assignment) if own else None,
    }
    return render(request, "quizzes/result.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def appeal(request: HttpRequest, uuid: UUID, question: UUID) -> HttpResponse:
    """Question how one answer was graded; POST asks. What was typed and refused stands in its field again."""
    response = response_for(request.user, uuid, question)  # type: ignore[arg-type]
    there = f"{reverse('quizzes:result', args=[uuid])}#r{response.position}"
    if response.attempt.is_open:
        return redirect("quizzes:attempt", uuid=uuid)
    form = AppealForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.raise_appeal(response=response, words=form.cleaned_data["words"], by=request.user)  # type: ignore[arg-type]
        except services.NotNowError as refused:
            messages.error(request, " ".join(refused.messages))
            return redirect(there)
        except ValidationError as refused:
            form.add_error("words", refused.message_dict["words"] if hasattr(refused, "error_dict") else refused)
        else:
            messages.success(request, _("Your question is with the school. You get a mail when it is answered."))
            return redirect(there)
    context = {
        "form": form,
        "attempt": response.attempt,
        "assignment": response.attempt.assignment,
        "response": response,
        "ask": rules.split_stem(response.question_version.stem)[1],
        "there": there,
    }
    return render(request, "quizzes/appeal.html", context)
