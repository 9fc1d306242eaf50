"""Questions and their banks in the CMS, for those who write in them: the list, and the banks."""

from typing import Any
from uuid import UUID

import django_filters
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, NumberColumn, StatusTagColumn, TitleColumn
from wagtail.admin.views.generic import IndexView
from wagtail.admin.widgets.button import Button

from certification.quizzes.models import Question
from certification.quizzes.rules import split_stem
from certification.quizzes.selectors import (
    cases_of,
    categories_of,
    in_review,
    question_rows,
    tags_of,
)
from certification.quizzes.services import create_bank
from certification.quizzes.types import KINDS
from certification.quizzes.wording import plain

from ..access import bank_for, banks_of, programs_kept_by
from ..quiz_forms import BankForm
from ..services import keep_bank


def crumbs(*steps: tuple[str, str]) -> list[dict[str, str]]:
    """The way from the first page of the CMS to here: pairs of address and label."""
    return [{"url": reverse("wagtailadmin_home"), "label": _("Home")}, *({"url": u, "label": w} for u, w in steps)]


def short(stem: str | None, length: int = 110) -> str:
    """What a question asks, in one line of a list."""
    return Truncator(plain(split_stem(stem or "")[1])).chars(length)


def state_of(row: Any) -> str:
    """A question's state in a list, newer words that wait included."""
    waits = row.state != Question.State.RETIRED and row.newest != row.asked_number
    if waits and row.newest is not None and row.newest == row.sent_number:
        return _("In review") if row.asked_number is None else _("In use, newer words in review")
    if waits and row.state == Question.State.ACTIVE:
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
    """By bank, category and what lies below it, tag, case, kind, state and difficulty."""

    bank = django_filters.ModelChoiceFilter(
        queryset=lambda request: banks_of(request.user).order_by("title"), label=gettext_lazy("Bank")
    )
    category = django_filters.ChoiceFilter(choices=(), method="in_category", label=gettext_lazy("Category"))
    tag = django_filters.ChoiceFilter(choices=(), field_name="tags__name", distinct=True, label=gettext_lazy("Tag"))
    case = django_filters.ChoiceFilter(choices=(), label=gettext_lazy("Case"))
    kind = django_filters.ChoiceFilter(
        choices=[(name, kind.label) for name, kind in KINDS.items()], label=gettext_lazy("Kind")
    )
    state = django_filters.ChoiceFilter(
        choices=[*Question.State.choices, ("review", gettext_lazy("In review"))],
        method="in_state",
        label=gettext_lazy("State"),
    )
    difficulty = django_filters.ChoiceFilter(choices=Question.Difficulty.choices, label=gettext_lazy("Difficulty"))

    class Meta:
        model = Question
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hers = banks_of(self.request.user)
        for name, choices in (
            (
                "category",
                [(one.path, f"{'– ' * one.depth}{one.name} ({one.questions})") for one in categories_of(hers)],
            ),
            ("tag", [(name, name) for name in tags_of(hers)]),
            ("case", [(one.pk, one.title) for one in cases_of(hers).order_by("title")]),
        ):
            self.filters[name].extra["choices"] = choices

    def in_category(self, rows: QuerySet[Question], name: str, value: str) -> QuerySet[Question]:
        """Those in a category and below it."""
        return rows.filter(Q(category=value) | Q(category__startswith=f"{value}/"))

    def in_state(self, rows: QuerySet[Question], name: str, value: str) -> QuerySet[Question]:
        """Those in a state; in review are drafts and newer words that were sent."""
        return in_review(rows) if value == "review" else rows.filter(state=value)


class ChooseColumn(Column):
    """The box by which a question is chosen."""

    cell_template_name = "catalog/admin/choose_cell.html"


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
        ChooseColumn("choose", label=gettext_lazy("Choose"), accessor=lambda row: short(row.stem, 60)),
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
        Column("category", label=gettext_lazy("Category"), sort_key="category"),
        Column("tags", label=gettext_lazy("Tags"), accessor=lambda row: ", ".join(t.name for t in row.tags.all())),
        Column("difficulty", label=gettext_lazy("Difficulty"), accessor="get_difficulty_display"),
        NumberColumn("quizzes", label=gettext_lazy("Named by quizzes"), sort_key="quizzes"),
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

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        """What else is done with questions."""
        if not self.banks:
            return []
        return [
            Button(_("Bring questions in or out"), url=reverse("cms_import"), icon_name="download", priority=10),
            Button(_("Likely duplicates"), url=reverse("cms_doubles"), icon_name="copy", priority=20),
            Button(_("Cases"), url=reverse("cms_vignettes"), icon_name="user", priority=30),
        ]

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """With the number of her banks, for the empty list, and by what the list is found, for changing all of it."""
        by = [(name, value) for name, values in self.request.GET.lists() if name != "p" for value in values if value]
        return {**super().get_context_data(*args, **kwargs), "banks": self.banks, "found_by": by}


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
