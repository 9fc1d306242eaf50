"""The pages of a quiz: before it, in it, handing it in, and its result. Each works without script."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from . import rules, selectors, services
from .access import (
    assignment_for,
    assignment_for_staff,
    attempt_for,
    reads_key,
    record_for_staff,
    response_for,
    result_for,
)
from .forms import AllowanceForm, AppealForm, GiveForm
from .models import Attempt, Response
from .settings import Layout
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
    agreed = request.POST.get("honour") == "yes"
    try:
        started = services.start_attempt(
            assignment=assigned, honour=agreed, access_code=request.POST.get("access_code", "")
        )
    except services.NotNowError as refused:
        sentence = " ".join(refused.messages)
        field = {"honour": "honour", "wrong_code": "access_code", "too_many_codes": "access_code"}.get(
            refused.code or ""
        )
        if field is not None:
            context = {"start": selectors.start_page(assigned), "errors": {field: sentence}, "agreed": agreed}
            return render(request, "quizzes/start.html", context)
        messages.error(request, sentence)
        return redirect("quizzes:assignment", uuid=uuid)
    return redirect("quizzes:attempt", uuid=started.attempt.uuid)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def attempt(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """All questions, shown together or one at a time (`?q=`). POST keeps the answers and does what its button says."""
    found = attempt_for(request.user, uuid)  # type: ignore[arg-type]
    if request.method == "POST":
        return _answered(request, found)
    if not found.is_open:
        return redirect("quizzes:result", uuid=uuid)
    return _page(request, found, place=_place(request.GET.get("q")))


def _place(raw: str | None) -> int:
    """The place of a question that an address names; the first where it names none."""
    return int(raw) if raw and raw.isdecimal() and len(raw) < 5 else 1


def _page(
    request: HttpRequest, found: Attempt, typed: Mapping[int, selectors.Typed] | None = None, place: int = 1
) -> HttpResponse:
    """The questions; `typed` is what could not be read and stands in its field again."""
    assigned, told = found.assignment, found.rules
    now, due = timezone.now(), selectors.due_of(found)
    questions = selectors.asked_questions(found, typed)
    place = min(max(place, 1), len(questions))
    complained = [question.position for question in questions if question.error]
    if complained and place not in complained:
        # With script she may have gone on since; the sentence stands where it says what to write.
        place = complained[0]
    left = None if due is None else due - now
    context = {
        "attempt": found,
        "assignment": assigned,
        "rules": told,
        "questions": questions,
        "alone": told.layout is Layout.ONE,
        "place": place,
        "answered": sum(bool(question.answer) for question in questions),
        "rules_of_kinds": dict.fromkeys(question.rule for question in questions),
        "saved_at": max((question.saved_at for question in questions if question.saved_at), default=None),
        "due": due,
        "left_ms": None if left is None else max(left // timedelta(milliseconds=1), 0),
        "left_minutes": None if left is None else max(left // timedelta(minutes=1), 0),
        "late": rules.is_over(now, due),
        "over": selectors.over_sentence(found, due) if due is not None else "",
        "now_ms": int(now.timestamp() * 1000),
    }
    return render(request, "quizzes/attempt.html", context)


def _answered(request: HttpRequest, found: Attempt) -> HttpResponse:
    """Take what the form brings; then back to the page, to another question, to the empty ones, or to the result.

    What cannot be read is not kept: the page comes back with it in its field and a sentence beside it, and what can be
    read beside it is kept all the same.
    """
    action = request.POST.get("action", "")
    handing_in = action == "submit"
    place = _place(request.POST.get("place"))
    if not found.is_open:
        return redirect("quizzes:result", uuid=found.uuid)
    responses = selectors.responses_of(found)
    changes, unread = _changes(request.POST, found, responses)
    try:
        services.save_answers(changes=changes)
        if action.startswith("flag:"):
            _flag(action, found, responses)
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
        if not (handing_in and isinstance(refused, services.NotNowError)):
            return _back(found, place)
    else:
        if unread:
            return _page(request, found, unread, place)
    if not handing_in:
        return _back(found, _place(action[3:]) if action.startswith("go:") else place, to=action)
    if _is_late(found) or all(response.answer for response in responses):
        return _handed_in(request, found)
    return redirect("quizzes:submit", uuid=found.uuid)


def _is_late(found: Attempt) -> bool:
    """Whether its time is over: then no empty question can be answered any more."""
    return rules.is_over(timezone.now(), selectors.due_of(found))


def _back(found: Attempt, place: int, to: str = "") -> HttpResponse:
    """To the page of the attempt, where it stands on several to the one of this question."""
    address = reverse("quizzes:attempt", args=[found.uuid])
    if found.rules.layout is Layout.ONE:
        # A sentence about what was refused stands at the top of the page; else the page opens at the question.
        return redirect(f"{address}?q={place}#q{place}" if to else f"{address}?q={place}")
    return redirect(f"{address}#q{place}" if to.startswith("flag:") else address)


def _flag(action: str, found: Attempt, responses: list[Response]) -> None:
    """Set or take away the mark that a button names: `flag:<question>:1` or `:0`."""
    _flag_word, question, on = [*action.split(":"), "", ""][:3]
    for response in responses:
        if str(response.question_version.question.uuid) == question:
            response.attempt = found
            services.flag_response(response=response, flagged=on == "1")


@login_required
@never_cache
@require_POST
def flag(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Set or take away the learner's mark to look at a question again, for the page's script: 204, or 409 with why."""
    named = request.POST.get("question", "")
    try:
        question = UUID(named)
    except ValueError as error:
        raise Http404 from error
    response = response_for(request.user, uuid, question)  # type: ignore[arg-type]
    try:
        services.flag_response(response=response, flagged=request.POST.get("flagged") == "1")
    except services.NotNowError as refused:
        return HttpResponse(" ".join(refused.messages), status=409, content_type="text/plain; charset=utf-8")
    return HttpResponse(status=204)


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
    """Name the questions that are empty and ask once; POST hands in. When the time is over there is nothing to ask."""
    found = attempt_for(request.user, uuid)  # type: ignore[arg-type]
    if not found.is_open:
        return redirect("quizzes:result", uuid=uuid)
    if request.method == "POST":
        return _handed_in(request, found)
    if _is_late(found):
        return redirect("quizzes:attempt", uuid=uuid)
    questions = selectors.asked_questions(found)
    empty = [questions[place - 1] for place in rules.unanswered([question.answer for question in questions])]
    context = {
        "attempt": found,
        "assignment": found.assignment,
        "alone": found.rules.layout is Layout.ONE,
        "questions": questions,
        "empty": empty,
        "flagged": [question for question in questions if question.flagged],
    }
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
        context: dict[str, Any] = {"attempt": found, "assignment": found.assignment, "own": own, "lines": lines}
        return render(request, "quizzes/waiting.html", context)
    full = not own and reads_key(request.user, found)  # type: ignore[arg-type]
    sight = selectors.FULL_SIGHT if full else selectors.learner_sight(found)
    told = selectors.result_of(found, sight)
    context = {
        "attempt": found,
        "result": told,
        "after": selectors.afterwards(found, told.lines, sight, own=own),
        "assignment": found.assignment,
        "own": own,
        "start": selectors.start_page(found.assignment),
        "void": selectors.is_void(found),
    }
    return render(request, "quizzes/result.html", context)


# ---- what one learner is allowed, for staff ----


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def of_record(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The quizzes of one learner, for staff: how far she is, her results, what was allowed her; POST gives another."""
    record = record_for_staff(request.user, uuid)  # type: ignore[arg-type]
    quizzes = selectors.quizzes_to_give(record)
    form = GiveForm(request.POST if request.method == "POST" else None, quizzes=quizzes)
    if request.method == "POST" and form.is_valid():
        try:
            services.give_quiz(record=record, quiz=form.cleaned_data["quiz"])
        except ValidationError as refused:
            form.add_error(None, refused.messages)
        else:
            messages.success(request, _("She has the quiz now; it stands on her home."))
            return redirect("quizzes:of_record", uuid=uuid)
    context = {"record": record, "quizzes": selectors.staff_lines(record), "form": form, "offered": quizzes.exists()}
    return render(request, "quizzes/of_record.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def allow(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Give one learner other dates, attempts or minutes at one quiz, with a reason that she does not read."""
    assigned = assignment_for_staff(request.user, uuid)  # type: ignore[arg-type]
    # Moments are typed and read as the learner's clock shows them.
    with timezone.override(assigned.record.zone):
        form = AllowanceForm(request.POST if request.method == "POST" else None, assignment=assigned)
        if request.method == "POST" and form.is_valid():
            try:
                services.allow_otherwise(assignment=assigned, by=request.user, **form.cleaned_data)  # type: ignore[arg-type]
            except ValidationError as refused:
                form.add_error(None, refused)
            else:
                messages.success(request, _("It is kept. She sees what holds for her on the page of the quiz."))
                return redirect("quizzes:of_record", uuid=assigned.record.uuid)
        context = {
            "assignment": assigned,
            "form": form,
            "allowances": selectors.allowances_of(assigned),
            "key_seen": selectors.key_was_shown(assigned),
        }
        return render(request, "quizzes/allow.html", context)


# ---- questions about a grade ----


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
