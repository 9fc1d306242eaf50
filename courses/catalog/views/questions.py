"""Questions and their banks in the CMS, for those who write in them: lists, forms, previews, what comes into use."""

from typing import Any
from uuid import UUID

import django_filters
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, NumberColumn, StatusTagColumn, TitleColumn
from wagtail.admin.views.generic import IndexView

from certification.quizzes.models import Question, QuestionBank, Quiz
from certification.quizzes.rules import split_stem
from certification.quizzes.selectors import (
    AskedQuestion,
    asked_as_typed,
    asked_as_version,
    lookalikes,
    newest_version,
    question_rows,
    use_of,
    writers_of_question,
)
from certification.quizzes.services import create_bank, write_question
from certification.quizzes.types import KINDS, LISTED

from ..access import bank_for, banks_of, may_put_in_use, programs_kept_by, question_for, quiz_for
from ..quiz_forms import (
    MORE_ROWS,
    BankForm,
    ChoiceRows,
    QuestionForm,
    choice_rows,
    moved,
    spared,
    typed_rows,
    uuid_in,
    written_choices,
)
from ..services import keep_bank, release_question, withdraw_question


def crumbs(*steps: tuple[str, str]) -> list[dict[str, str]]:
    """The way from the first page of the CMS to here: pairs of address and label."""
    return [{"url": reverse("wagtailadmin_home"), "label": _("Home")}, *({"url": u, "label": w} for u, w in steps)]


def short(stem: str | None, length: int = 110) -> str:
    """What a question asks, in one line of a list."""
    return Truncator(split_stem(stem or "")[1]).chars(length)


def state_of(row: Any) -> str:
    """A question's state in a list, newer words that wait included."""
    if row.state == Question.State.ACTIVE and row.newest != row.asked_number:
        return _("In use, newer words wait")
    return str(row.get_state_display())


def put_errors(form: Any, error: ValidationError) -> None:
    """Say a service's refusal beside the fields that it names, else above the form."""
    fields = getattr(error, "error_dict", {})
    for name, problems in fields.items():
        form.add_error(name if name in form.fields else None, problems)
    if not fields:
        form.add_error(None, error)


# ---- the list ----


class QuestionFilters(WagtailFilterSet):
    """By bank, kind, state and difficulty."""

    bank = django_filters.ModelChoiceFilter(
        queryset=lambda request: banks_of(request.user).order_by("title"), label=gettext_lazy("Bank")
    )
    kind = django_filters.ChoiceFilter(
        choices=[(name, kind.label) for name, kind in KINDS.items()], label=gettext_lazy("Kind")
    )
    state = django_filters.ChoiceFilter(choices=Question.State.choices, label=gettext_lazy("State"))
    difficulty = django_filters.ChoiceFilter(choices=Question.Difficulty.choices, label=gettext_lazy("Difficulty"))

    class Meta:
        model = Question
        fields: list[str] = []


class QuestionIndex(IndexView):
    """The questions of her banks, with where each is asked and how often it was answered."""

    model = Question
    permission_policy = None
    any_permission_required = None
    page_title = gettext_lazy("Questions")
    header_icon = "help"
    index_url_name = "cms_questions"
    index_results_url_name = "cms_questions_results"
    results_template_name = "catalog/admin/questions_results.html"
    search_fields = ["stem"]
    filterset_class = QuestionFilters
    default_ordering = "bank__title"
    paginate_by = 50
    table_classname = "listing asked-list"
    columns = [
        TitleColumn(
            "stem",
            label=gettext_lazy("Question"),
            accessor=lambda row: short(row.stem),
            get_url=lambda row: reverse("cms_question", args=[row.uuid]),
        ),
        Column("bank", label=gettext_lazy("Bank"), accessor="bank.title", sort_key="bank__title"),
        Column("kind", label=gettext_lazy("Kind"), accessor=lambda row: KINDS[row.kind].label if row.kind else ""),
        StatusTagColumn(
            "state",
            label=gettext_lazy("State"),
            accessor=state_of,
            primary=lambda row: row.state == Question.State.ACTIVE,
            sort_key="state",
        ),
        Column("difficulty", label=gettext_lazy("Difficulty"), accessor="get_difficulty_display"),
        NumberColumn("quizzes", label=gettext_lazy("Quizzes"), sort_key="quizzes"),
        NumberColumn("answers", label=gettext_lazy("Answers"), sort_key="answers"),
    ]

    def get_base_queryset(self) -> QuerySet[Question]:
        """What she may write in, the newest first within a bank."""
        return question_rows(banks_of(self.request.user))

    def order_queryset(self, queryset: QuerySet[Question]) -> QuerySet[Question]:
        """By the column asked for, then the newest first, so that pages do not shift."""
        return queryset.order_by(self.ordering, "-pk")

    @cached_property
    def banks(self) -> int:
        """In how many banks she writes."""
        return banks_of(self.request.user).count()

    def get_add_url(self) -> str | None:
        """Only where there is a bank to write in."""
        return reverse("cms_add_question") if self.banks else None

    @cached_property
    def add_item_label(self) -> str:
        """What the button says."""
        return _("Write a question")

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """With the number of her banks, for the empty list."""
        return {**super().get_context_data(*args, **kwargs), "banks": self.banks}


# ---- writing ----


def _quiz_of(request: HttpRequest) -> Quiz | None:
    """The quiz for which the question is written, if the address names one."""
    key = uuid_in(request.GET.get("quiz"))
    return quiz_for(request.user, key) if key is not None else None  # type: ignore[arg-type]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def add_question(request: HttpRequest) -> HttpResponse:
    """Write a question into a bank, and into a quiz where the address names one."""
    if not banks_of(request.user).exists():  # type: ignore[arg-type]
        messages.info(request, _("You write in no bank yet. A bank comes with the quiz of a module."))
        return redirect("cms_questions")
    return _written(request, None)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def question(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Write a question's next version; what was begun keeps the words that it has."""
    return _written(request, question_for(request.user, uuid))  # type: ignore[arg-type]


def _written(request: HttpRequest, found: Question | None) -> HttpResponse:
    user: Any = request.user
    banks, quiz = banks_of(user), _quiz_of(request)
    if quiz is not None:
        banks = banks.filter(school=quiz.school_id)
    version = newest_version(found) if found is not None else None
    # A quiz's new questions go to its bank; elsewhere she chooses.
    own = banks.filter(pk=quiz.bank_id) if quiz is not None and quiz.bank_id is not None else banks
    about: dict[str, Any] = {"banks": banks if found is not None else own, "question": found}
    action = request.POST.get("do", "save")
    twins: list[Question] = []
    rows: Any
    if request.method != "POST":
        form = QuestionForm(initial=_begun(request, found, quiz), **about)
        rows = ChoiceRows(initial=choice_rows(version), prefix="c")
    elif action == "more" or moved([], action) is not None:
        typed = typed_rows(request.POST)
        kept = moved(typed, action) or typed if action != "more" else [*typed, *({} for _n in range(MORE_ROWS))]
        form = QuestionForm(initial={name: request.POST.get(name) for name in QuestionForm.base_fields}, **about)
        rows = ChoiceRows(initial=spared(kept), prefix="c")
    else:
        form, rows = QuestionForm(request.POST, **about), ChoiceRows(request.POST, prefix="c")
        # Both are judged, so that all errors stand on the page at once.
        if form.is_valid() & rows.is_valid():
            words = dict(form.cleaned_data)
            if not words.pop("another") and (version is None or words["stem"].strip() != version.stem):
                twins = lookalikes(words["stem"], banks, but=found)
            if not twins and (answer := _kept(request, found, quiz, form, words, rows, action)) is not None:
                return answer
    return render(request, "catalog/admin/question.html", _told(request, found, quiz, form, rows, twins))


def _begun(request: HttpRequest, found: Question | None, quiz: Quiz | None) -> dict[str, Any]:
    """What stands in the form at first."""
    if found is None:
        named = uuid_in(request.GET.get("bank"))
        bank = QuestionBank.objects.filter(uuid=named).first() if named else None
        return {"bank": quiz.bank if quiz is not None else bank, "kind": "single"}
    version = newest_version(found)
    return {
        "bank": found.bank,
        "difficulty": found.difficulty,
        "based_on": version.number,
        **{name: getattr(version, name) for name in ("kind", "stem", "explanation", "objective")},
    }


def _kept(
    request: HttpRequest, found: Question | None, quiz: Quiz | None, form: Any, words: Any, rows: Any, action: str
) -> HttpResponse | None:
    """Keep it and lead on; None where it is refused, with the reason on the form."""
    user: Any = request.user
    try:
        kept = write_question(question=found, choices=written_choices(rows), quiz=quiz, by=user, **words)
        if action == "use":
            release_question(question=kept, by=user)
    except ValidationError as error:
        put_errors(form, error)
        if found is not None and getattr(error, "code", "") == "stale":
            # She has read that somebody wrote meanwhile: her next save is meant, and both versions are kept.
            form.data = {**request.POST.dict(), "based_on": newest_version(found).number}
        return None
    if action == "use":
        messages.success(request, _("The question is in use. Attempts that are open keep what they began with."))
    elif found is not None:
        messages.success(request, _("The question is kept."))
    elif quiz is not None:
        messages.success(request, _("The question is kept, and the quiz’s draft asks it."))
    else:
        messages.success(request, _("The question is kept as a draft. Nobody is asked it yet."))
    if action == "next":
        query = f"?quiz={quiz.uuid}" if quiz is not None else f"?bank={kept.bank.uuid}"
        return redirect(reverse("cms_add_question") + query)
    if quiz is not None:
        return redirect(reverse("cms_quiz", args=[quiz.uuid]) + "#questions")
    return redirect("cms_question", kept.uuid)


def _told(
    request: HttpRequest, found: Question | None, quiz: Quiz | None, form: Any, rows: Any, twins: list[Question]
) -> dict[str, Any]:
    user: Any = request.user
    title = short(newest_version(found).stem, 60) if found is not None else _("A new question")
    way = [(reverse("cms_questions"), _("Questions"))]
    quiz_title = getattr(getattr(quiz, "draft", None), "title", quiz.title) if quiz is not None else ""
    if quiz is not None:
        way = [(reverse("cms_quizzes"), _("Quizzes")), (reverse("cms_quiz", args=[quiz.uuid]), quiz_title)]
    told: dict[str, Any] = {
        "form": form,
        "rows": rows,
        "quiz": quiz,
        "quiz_title": quiz_title,
        "question": found,
        "twins": [{"question": twin, "ask": short(twin.stem)} for twin in twins],  # type: ignore[attr-defined]
        "page_title": title,
        "header_title": title,
        "header_icon": "help",
        "breadcrumbs_items": crumbs(*way, ("", title)),
        "preview_url": reverse("cms_question_preview", args=[found.uuid]) if found is not None else "",
        "may_use": False,
    }
    if found is not None:
        versions = list(found.versions.select_related("written_by").order_by("-number"))
        told |= {
            "versions": versions,
            "waits": found.state != Question.State.RETIRED and found.asked_number != versions[0].number,
            "use": use_of(found),
            "hers": set(banks_of(user).values_list("pk", flat=True)),
            "may_use": may_put_in_use(user, found.bank, writers_of_question(found)),
            "may_save_and_use": may_put_in_use(user, found.bank, {user.pk}),
        }
    return told


@require_POST
def question_state(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Put a question in use, or retire it."""
    found = question_for(request.user, uuid)  # type: ignore[arg-type]
    try:
        if request.POST.get("do") == "retire":
            withdraw_question(question=found, by=request.user)  # type: ignore[arg-type]
            messages.success(request, _("The question is retired. Attempts that are open keep it."))
        else:
            release_question(question=found, by=request.user)  # type: ignore[arg-type]
            messages.success(request, _("The question is in use. Attempts that are open keep what they began with."))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("cms_question", uuid)


@never_cache
@require_safe
def question_preview(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The newest words as a learner sees them: nothing of the key is in the page."""
    version = newest_version(question_for(request.user, uuid))  # type: ignore[arg-type]
    return _previewed(request, [asked_as_version(version)])


@never_cache
@require_POST
def typed_preview(request: HttpRequest) -> HttpResponse:
    """What stands in the form now, as a learner would see it; nothing is kept."""
    if not banks_of(request.user).exists():  # type: ignore[arg-type]
        raise Http404
    texts = [row["text"].strip() for row in typed_rows(request.POST) if row["text"].strip()]
    kind, stem = request.POST.get("kind", ""), request.POST.get("stem", "")
    if not (stem.strip() or texts):
        return _previewed(request, [])
    kind = kind if kind in LISTED else next(iter(LISTED))
    return _previewed(request, [asked_as_typed(kind=kind, stem=stem, texts=list(dict.fromkeys(texts)))])


def _previewed(request: HttpRequest, asked: list[AskedQuestion]) -> HttpResponse:
    return render(request, "quizzes/preview.html", {"questions": asked, "rules_of_kinds": [q.rule for q in asked]})


# ---- banks ----


@require_safe
def banks(request: HttpRequest) -> HttpResponse:
    """The banks in which she writes; registrars open and name them. 4 queries."""
    kept = programs_kept_by(request.user)  # type: ignore[arg-type]
    title = _("Banks of questions")
    context = {
        "banks": banks_of(request.user)  # type: ignore[arg-type]
        .select_related("school")
        .prefetch_related("in_programs__program")
        .order_by("school__name", "title"),
        "keeps": set(kept.values_list("school", flat=True)),
        "page_title": title,
        "header_title": title,
        "header_icon": "folder-open-inverse",
        "breadcrumbs_items": crumbs((reverse("cms_questions"), _("Questions")), ("", title)),
    }
    return render(request, "catalog/admin/banks.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def bank(request: HttpRequest, uuid: UUID | None = None) -> HttpResponse:
    """Make a bank or change one, for those who keep the school's programs; to others it is not there."""
    programs = programs_kept_by(request.user)  # type: ignore[arg-type]
    found = bank_for(request.user, uuid) if uuid is not None else None  # type: ignore[arg-type]
    if found is not None:
        programs = programs.filter(school=found.school)
    if not programs.exists():
        raise Http404
    begun = {"title": found.title, "programs": programs.filter(banks__bank=found)} if found is not None else None
    form = BankForm(request.POST if request.method == "POST" else None, initial=begun, programs=programs)
    if request.method == "POST" and form.is_valid():
        chosen = list(form.cleaned_data["programs"])
        if found is None and not chosen:
            form.add_error("programs", _("Choose a program: its team writes in the bank."))
        else:
            try:
                kept = found or create_bank(school=chosen[0].school, title=form.cleaned_data["title"])
                keep_bank(bank=kept, by=request.user, **form.cleaned_data)  # type: ignore[arg-type]
            except ValidationError as error:
                put_errors(form, error)
            else:
                messages.success(request, _("The bank “%(title)s” is kept.") % {"title": form.cleaned_data["title"]})
                return redirect("cms_banks")
    title = found.title if found is not None else _("A new bank")
    context = {
        "form": form,
        "bank": found,
        "page_title": title,
        "header_title": title,
        "header_icon": "folder-open-inverse",
        "breadcrumbs_items": crumbs((reverse("cms_banks"), _("Banks of questions")), ("", title)),
    }
    return render(request, "catalog/admin/bank.html", context)
