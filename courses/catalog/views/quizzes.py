"""Quizzes in the CMS, for those who write them: the list, the form with its questions, the preview, what comes into use."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from wagtail.admin.ui.tables import Column, NumberColumn, StatusTagColumn, TitleColumn
from wagtail.admin.views.generic import IndexView

from certification.quizzes.models import Question, QuestionBank, Quiz
from certification.quizzes.plan import AskLine, DrawLine, Line, SectionLine
from certification.quizzes.selectors import (
    QuizAsWritten,
    QuizLine,
    asked_as_written,
    draws_of,
    lines_of,
    question_rows,
    quiz_as_written,
    quiz_rows,
    words_of_banks,
    writers_of_quiz,
)
from certification.quizzes.services import create_quiz, discard_draft, draft_quiz

from ..access import banks_of, may_examine, may_put_in_use, quiz_for
from ..models import ModulePage
from ..plan_forms import (
    GateRows,
    LineRows,
    QuizForm,
    banks_to_draw_from,
    gate_choices,
    gate_rows,
    line_rows,
    written_gates,
)
from ..quiz_forms import NewQuizForm, moved, uuid_in
from ..selectors import names_for_gates, pages_about_to_ask
from ..services import begin_quiz, release_quiz, send_quiz
from .questions import crumbs, put_errors, short, state_of

MOST_OFFERED = 30


def _title(quiz: Quiz) -> str:
    """Its title as it is written now."""
    draft = getattr(quiz, "draft", None)
    return draft.title if draft is not None else quiz.title


def _state(row: Any) -> str:
    """Whether it is in use, and whether something waits."""
    if not row.asked:
        return _("Draft")
    return _("In use, changes wait") if row.waiting else _("In use")


class QuizIndex(IndexView):
    """The quizzes of her banks."""

    model = Quiz
    permission_policy = None
    any_permission_required = None
    page_title = gettext_lazy("Quizzes")
    header_icon = "tasks"
    index_url_name = "cms_quizzes"
    index_results_url_name = "cms_quizzes_results"
    results_template_name = "catalog/admin/quizzes_results.html"
    search_fields = ["title", "draft__title"]
    filterset_class = None
    default_ordering = "title"
    paginate_by = 50
    table_classname = "listing asked-list"
    columns = [
        TitleColumn(
            "title",
            label=gettext_lazy("Quiz"),
            accessor=_title,
            get_url=lambda row: reverse("cms_quiz", args=[row.uuid]),
            sort_key="title",
        ),
        Column("bank", label=gettext_lazy("Bank"), accessor="bank.title", sort_key="bank__title"),
        StatusTagColumn("state", label=gettext_lazy("State"), accessor=_state, primary=lambda row: bool(row.asked)),
        NumberColumn("asked", label=gettext_lazy("Questions in use"), sort_key="asked"),
        NumberColumn("taken", label=gettext_lazy("Attempts"), sort_key="taken"),
    ]

    def get_base_queryset(self) -> QuerySet[Quiz]:
        """What she may write."""
        return quiz_rows(banks_of(self.request.user))

    @cached_property
    def banks(self) -> int:
        """In how many banks she writes."""
        return banks_of(self.request.user).count()

    def get_add_url(self) -> str | None:
        """Only where there is a bank to write in."""
        return reverse("cms_add_quiz") if self.banks else None

    @cached_property
    def add_item_label(self) -> str:
        """What the button says."""
        return _("Write a quiz")

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """With the number of her banks, for the empty list."""
        return {**super().get_context_data(*args, **kwargs), "banks": self.banks}


def _page(request: HttpRequest) -> ModulePage | None:
    """The module's page for which a quiz is written; one that she may not edit is not there."""
    named = request.POST.get("page") or request.GET.get("page") or ""
    if not named:
        return None
    page = get_object_or_404(ModulePage, pk=int(named) if named.isdecimal() else 0)
    if not page.permissions_for_user(request.user).can_edit():
        raise Http404
    return page


@require_http_methods(["GET", "HEAD", "POST"])
def add_quiz(request: HttpRequest) -> HttpResponse:
    """Begin a quiz, for a module where its page is named; the first question's form comes next."""
    page = _page(request)
    banks = banks_of(request.user).order_by("title")  # type: ignore[arg-type]
    if page is None and not banks.exists():
        messages.info(request, _("You write in no bank yet. A bank comes with the quiz of a module."))
        return redirect("cms_quizzes")
    form = _new_form(request, page, banks)
    if request.method == "POST" and (form.is_valid() or (page is not None and "title" not in request.POST)):
        try:
            if page is not None:
                made = begin_quiz(page=page, by=request.user, title=form.cleaned_data.get("title", ""))  # type: ignore[arg-type]
            else:
                made = create_quiz(**form.cleaned_data)
        except ValidationError as error:
            if "title" not in request.POST:
                messages.error(request, " ".join(error.messages))
                return redirect("wagtailadmin_home")
            put_errors(form, error)
        else:
            if quiz_as_written(made).lines:
                return redirect("cms_quiz", made.uuid)
            return redirect(f"{reverse('cms_add_question')}?quiz={made.uuid}")
    title = _("A new quiz")
    context = {
        "form": form,
        "page": page,
        "page_title": title,
        "header_title": title,
        "header_icon": "tasks",
        "breadcrumbs_items": crumbs((reverse("cms_quizzes"), _("Quizzes")), ("", title)),
    }
    return render(request, "catalog/admin/quiz_new.html", context)


def _new_form(request: HttpRequest, page: ModulePage | None, banks: Any) -> NewQuizForm:
    begun = {"title": page.draft_title or page.title} if page is not None else {}
    sent = request.POST if request.method == "POST" else None
    return NewQuizForm(sent, initial=begun, banks=banks if page is None else None)


# ---- the form ----


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def quiz(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Write a quiz: each button keeps the draft first, so nothing typed is lost on the way to another page."""
    found = quiz_for(request.user, uuid)  # type: ignore[arg-type]
    written = quiz_as_written(found)
    sheet = _sheet(request, found, written)
    if request.method != "POST":
        return render(request, "catalog/admin/quiz.html", _told(request, found, written, sheet))
    action = request.POST.get("do", "save")
    if sheet.is_valid():
        try:
            _keep(request, found, written, sheet, action)
            return _DOES.get(action, _saved)(request, found)
        except ValidationError as error:
            put_errors(sheet.form, error)
            written = quiz_as_written(found)
            # She has read that somebody wrote meanwhile: her next save is meant.
            sheet.form.data = {**request.POST.dict(), "stamp": written.stamp}
    return render(request, "catalog/admin/quiz.html", _told(request, found, written, sheet))


@dataclass
class _Sheet:
    """All forms of the page: the quiz, its lines, what must have happened before."""

    form: QuizForm
    rows: Any
    gates: Any
    banks: list[QuestionBank]

    def is_valid(self) -> bool:
        """All are judged, so that every error stands on the page at once."""
        return self.form.is_valid() & self.rows.is_valid() & self.gates.is_valid()


def _sheet(request: HttpRequest, found: Quiz, written: QuizAsWritten) -> _Sheet:
    banks = banks_to_draw_from(banks_of(request.user), written)  # type: ignore[arg-type]
    choices = gate_choices(names_for_gates(found))
    sent = request.POST if request.method == "POST" else None
    return _Sheet(
        QuizForm(sent, initial=QuizForm.begun(written)),
        LineRows(sent, initial=line_rows(written), prefix="q", form_kwargs={"banks": banks}),
        GateRows(sent, initial=gate_rows(written.rules.gates, choices), prefix="g", form_kwargs={"gates": choices}),
        banks,
    )


def _keep(request: HttpRequest, found: Quiz, written: QuizAsWritten, sheet: _Sheet, action: str) -> None:
    """Keep the draft with what the button did to its lines."""
    user: Any = request.user
    listed: list[Line] = [row.as_line() for row in sheet.rows if row.cleaned_data]
    after = moved(listed, action)
    listed = listed if after is None else after
    asked = {line.question for line in listed if isinstance(line, AskLine)}
    if action == "add":
        chosen = [key for each in request.POST.getlist("add") if (key := uuid_in(each)) is not None]
        listed += [AskLine(key) for key in dict.fromkeys(chosen) if key not in asked]
    elif action == "section":
        sections = sum(isinstance(line, SectionLine) for line in listed)
        listed.append(SectionLine(_("Part %(number)d") % {"number": sections + 1}))
    elif action == "draw" and sheet.banks:
        own = next((bank for bank in sheet.banks if bank.pk == found.bank_id), sheet.banks[0])
        listed.append(DrawLine(own.uuid))
    # What the quiz asks already may stand in a bank that she does not write in; what she adds may not.
    wanted = {line.question for line in listed if isinstance(line, AskLine)}
    there = {line.question.uuid for line in written.lines}
    hers = Question.objects.filter(bank__in=banks_of(user).filter(school=found.school_id))
    new = set(hers.filter(uuid__in=wanted - there).values_list("uuid", flat=True))
    if missing := wanted - there - new:
        raise ValidationError(_("%(number)d questions are not in your banks.") % {"number": len(missing)})
    settings = sheet.form.settings(written_gates(sheet.gates))
    draft_quiz(quiz=found, items=listed, by=user, settings=settings, **sheet.form.main())


def _saved(request: HttpRequest, found: Quiz) -> HttpResponse:
    here = reverse("cms_quiz", args=[found.uuid])
    action = request.POST.get("do", "save")
    if request.POST.get("find", "") != request.GET.get("find", ""):
        action = "find"  # Enter in the field that finds presses the form's first button.
    if action == "save":
        messages.success(request, _("The draft is kept. Learners are asked what they were asked before."))
        return redirect(here)
    query = f"?find={quote(request.POST.get('find', ''))}" if action == "find" else ""
    return redirect(f"{here}{query}#{'bank' if action in {'find', 'add'} else 'questions'}")


def _new_question(request: HttpRequest, found: Quiz) -> HttpResponse:
    return redirect(f"{reverse('cms_add_question')}?quiz={found.uuid}")


def _used(request: HttpRequest, found: Quiz) -> HttpResponse:
    release_quiz(quiz=found, by=request.user)  # type: ignore[arg-type]
    messages.success(request, _("The quiz is in use. Attempts that are open keep what they began with."))
    return redirect("cms_quiz", found.uuid)


def _sent(request: HttpRequest, found: Quiz) -> HttpResponse:
    send_quiz(quiz=found, by=request.user)  # type: ignore[arg-type]
    messages.success(request, _("It is sent. You get a mail when it is in use."))
    return redirect("cms_quiz", found.uuid)


_DOES: dict[str, Callable[[HttpRequest, Quiz], HttpResponse]] = {"new": _new_question, "use": _used, "send": _sent}


def _told(request: HttpRequest, found: Quiz, written: QuizAsWritten, sheet: _Sheet) -> dict[str, Any]:
    user: Any = request.user
    asked = {str(line.question.uuid): line for line in written.lines}
    # What somebody took out meanwhile stands in what she typed.
    typed = [uuid_in(str(row["question"].value())) for row in sheet.rows if row.kind == "ask"]
    if gone := {key: 1 for key in typed if key is not None and str(key) not in asked}:
        hers = set(banks_of(user))
        asked |= {str(line.question.uuid): line for line in lines_of(gone) if line.question.bank in hers}
    find = request.GET.get("find", "").strip()
    offered = question_rows(banks_of(user).filter(school=found.school_id)).exclude(uuid__in=list(asked))
    offered = offered.exclude(state=Question.State.RETIRED)
    if find:
        offered = offered.filter(stem__icontains=find)
    own_first = Case(When(bank=found.bank_id, then=Value(0)), default=Value(1), output_field=IntegerField())
    choices = list(offered.order_by(own_first, "bank__title", "pk")[: MOST_OFFERED + 1])
    title = written.title
    return {
        "quiz": found,
        "written": written,
        "form": sheet.form,
        "rows": sheet.rows,
        "gates": sheet.gates,
        "in_use": found.items.exists(),
        "lines": _shown_lines(sheet, written, asked),
        "words": words_of_banks(sheet.banks),
        "offered": [{"row": row, "ask": short(row.stem), "state": state_of(row)} for row in choices[:MOST_OFFERED]],
        "more_offered": len(choices) > MOST_OFFERED,
        "find": find,
        "may_use": may_put_in_use(user, found.bank, writers_of_quiz(written)) if found.bank else True,
        "modules": found.modules.select_related("program"),
        "examinations": [
            each for each in found.examinations.select_related("program") if may_examine(user, each.program)
        ],
        "pages": [page for page in pages_about_to_ask(found) if page.permissions_for_user(user).can_edit()],
        "preview_url": reverse("cms_quiz_preview", args=[found.uuid]),
        "page_title": title,
        "header_title": title,
        "header_icon": "tasks",
        "breadcrumbs_items": crumbs((reverse("cms_quizzes"), _("Quizzes")), ("", title)),
    }


def _shown_lines(sheet: _Sheet, written: QuizAsWritten, asked: Mapping[str, QuizLine]) -> list[dict[str, Any]]:
    """The rows with what stands behind them; a question that is gone is left out. `number` counts what is asked."""
    draws = {draw.line: draw for draw in draws_of(written.items)}
    shown: list[dict[str, Any]] = []
    number = 0
    for place, row in enumerate(sheet.rows):
        line = asked.get(str(row["question"].value())) if row.kind == "ask" else None
        if row.kind == "ask" and line is None:
            continue
        said = written.items[place] if place < len(written.items) else None
        draw = draws.get(said) if row.kind == "draw" and isinstance(said, DrawLine) and not row.is_bound else None
        first = number + 1
        number += {"ask": 1, "section": 0}.get(row.kind, draw.line.count if draw else 0)
        shown.append({"row": row, "line": line, "draw": draw, "place": place, "first": first, "last": number})
    return shown


@require_POST
def discard_quiz(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Throw the draft away; its questions stay in the bank."""
    found = quiz_for(request.user, uuid)  # type: ignore[arg-type]
    discard_draft(quiz=found)
    messages.success(request, _("The draft is gone. The quiz says what is in use; its questions stay in the bank."))
    return redirect("cms_quiz", uuid)


@never_cache
@require_safe
def quiz_preview(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The whole quiz as it is written, as a learner sees it: nothing of the key is in the page."""
    written = quiz_as_written(quiz_for(request.user, uuid))  # type: ignore[arg-type]
    questions = asked_as_written(written)
    context = {
        "written": written,
        "questions": questions,
        "rules_of_kinds": list(dict.fromkeys(str(question.rule) for question in questions)),
    }
    return render(request, "quizzes/preview.html", context)
