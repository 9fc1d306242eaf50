"""Questions about lessons: the learner's page of a lesson, the staff's inbox, answers and moderation."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import role_required
from accounts.models import User
from accounts.selectors import STAFF_ROLES
from courses.enrollments.models import Enrollment

from ..access import (
    message_for_staff,
    open_place_for,
    own_question,
    published_for_staff,
    thread_for_staff,
)
from ..forms import AnswerForm, HideForm, PublishForm, QuestionForm
from ..models import QuestionThread
from ..selectors import (
    Talk,
    programs_of,
    published_for,
    published_from,
    talk_about,
    talk_in,
    threads_for,
)
from ..selectors.questions import STATES
from ..services import (
    answer,
    ask,
    close_thread,
    delete_question,
    hide_message,
    publish_answer,
    questions_left,
    reopen_thread,
    withdraw_published,
)
from ..services.questions import MOST_QUESTIONS

THREADS_A_PAGE = 25


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def questions(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What a learner asked about a lesson and what was answered, and a form to ask. At most ten queries to read."""
    user = cast(User, request.user)
    place = open_place_for(user, uuid)
    form = QuestionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        sent = form.attempt(
            lambda: ask(
                uuid=form.cleaned_data["key"],
                enrollment=place.enrollment,
                lesson=place.lesson,
                text=form.cleaned_data["text"],
                by=user,
            )
        )
        if sent is not None:
            messages.success(request, _("Your question is with your instructor. A mail tells you when it is answered."))
            return redirect("study:questions", uuid=uuid)
    return render(
        request,
        "study/questions.html",
        {
            "lesson": place.lesson,
            "zone": place.lesson.module.program.school.zone,
            "talk": talk_about(place.enrollment, place.lesson),
            "published": published_for(place.lesson),
            "form": form,
            "may_ask": place.enrollment.state == Enrollment.State.ACTIVE,
            "left": max(questions_left(user, now=timezone.now()), 0),
            "most": MOST_QUESTIONS,
        },
        status=422 if form.errors else 200,
    )


@login_required
@require_POST
def delete_own_question(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Delete one's own question while nobody has answered it."""
    user = cast(User, request.user)
    message = own_question(user, uuid)
    try:
        delete_question(message=message, by=user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("Your question is deleted."))
    return redirect("study:questions", uuid=message.thread.lesson.uuid)


@role_required(*STAFF_ROLES)
@never_cache
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """The questions of the schools where this person works, waiting first. At most eight queries."""
    user = cast(User, request.user)
    programs = programs_of(user)
    chosen = next((one for one in programs if str(one.uuid) == request.GET.get("program", "")), None)
    state = request.GET.get("state", "")
    threads = threads_for(user)
    if chosen is not None:
        threads = threads.filter(lesson__module__program=chosen)
    if state in STATES:
        threads = threads.filter(state=state)
    return render(
        request,
        "study/desk_questions.html",
        {
            "programs": programs,
            "chosen": chosen,
            "state": state if state in STATES else "",
            "states": QuestionThread.State.choices,
            "page_obj": Paginator(threads, THREADS_A_PAGE).get_page(request.GET.get("page")),
        },
    )


@role_required(*STAFF_ROLES)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def question(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One thread, and a form to answer. At most eight queries to read."""
    user = cast(User, request.user)
    thread = thread_for_staff(user, uuid)
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        sent = form.attempt(
            lambda: answer(uuid=form.cleaned_data["key"], thread=thread, text=form.cleaned_data["text"], by=user)
        )
        if sent is not None:
            messages.success(request, _("Answered. A mail tells her that your answer is there."))
            return redirect("study:desk_question", uuid=uuid)
    return render(
        request,
        "study/desk_question.html",
        {
            "thread": thread,
            "talk": talk_in(thread),
            "published": published_from(thread),
            "form": form,
        },
        status=422 if form.errors else 200,
    )


@role_required(*STAFF_ROLES)
@require_POST
def set_state(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Close a thread, or open it again."""
    user = cast(User, request.user)
    thread = thread_for_staff(user, uuid)
    if request.POST.get("do") == "reopen":
        reopen_thread(thread=thread, by=user)
        messages.success(request, _("It is open again."))
    else:
        close_thread(thread=thread, by=user)
        messages.success(request, _("Closed. If she writes again, it opens by itself."))
    return redirect("study:desk_question", uuid=uuid)


@role_required(*STAFF_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def hide(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take a message out of sight, with the reason."""
    user = cast(User, request.user)
    message = message_for_staff(user, uuid)
    form = HideForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        hidden = form.attempt(lambda: hide_message(message=message, reason=form.cleaned_data["reason"], by=user))
        if hidden is not None:
            messages.success(request, _("The message is hidden. It is kept for the school."))
            return redirect("study:desk_question", uuid=message.thread.uuid)
    return render(
        request,
        "study/desk_question_hide.html",
        {"message": message, "thread": message.thread, "form": form},
        status=422 if form.errors else 200,
    )


@role_required(*STAFF_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Edit a question and its answer for all learners of the lesson, and show them."""
    user = cast(User, request.user)
    thread = thread_for_staff(user, uuid)
    talk = talk_in(thread)
    earlier = published_from(thread)
    first = (
        {"question": earlier.question, "answer": earlier.answer}
        if earlier
        else {"question": _said(talk, from_staff=False), "answer": _said(talk, from_staff=True)}
    )
    form = PublishForm(request.POST, initial=first) if request.method == "POST" else PublishForm(initial=first)
    if request.method == "POST" and form.is_valid():
        shown = form.attempt(
            lambda: publish_answer(
                uuid=form.cleaned_data["key"],
                thread=thread,
                question=form.cleaned_data["question"],
                answer=form.cleaned_data["answer"],
                by=user,
            )
        )
        if shown is not None:
            messages.success(request, _("All learners of this lesson can read it now."))
            return redirect("study:desk_question", uuid=uuid)
    return render(
        request,
        "study/desk_question_publish.html",
        {"thread": thread, "form": form, "earlier": earlier},
        status=422 if form.errors else 200,
    )


def _said(talk: Talk, *, from_staff: bool) -> str:
    """The newest message of one side that stands in sight."""
    said = [one.text for one in talk.messages if one.from_staff is from_staff and one.hidden_at is None]
    return said[-1] if said else ""


@role_required(*STAFF_ROLES)
@require_POST
def withdraw(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take a published answer back."""
    published = published_for_staff(cast(User, request.user), uuid)
    withdraw_published(published=published, by=cast(User, request.user))
    messages.success(request, _("It is taken back: learners see it no more."))
    if published.thread is None:
        return redirect(f"{reverse('study:desk_questions')}?program={published.lesson.module.program.uuid}")
    return redirect("study:desk_question", uuid=published.thread.uuid)
