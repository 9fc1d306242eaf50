"""Owns the pages that present modules: what a module teaches in one language, and the plan of it that waits for review."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, MultiFieldPanel
from wagtail.models import Page
from wagtail.search import index

from accounts.models import User
from certification.quizzes.models import Quiz
from certification.requirements.selectors import spec_for

from ..rules import Gate, Node, gates_from, in_line, never_open
from .identity import IN_ORDER, Lesson, Module, Program
from .offers import banks_of, category_choices, teachers_of
from .page_forms import FreeSlugForm
from .pages import FramedPreview, OnePerLocale, Planned, PlanPanel, program_above
from .translated import TitlePanel, Translated, TranslationPanel


class ModulePageForm(FreeSlugForm):
    """Offers what belongs to the program above: its categories, its school's quizzes and instructors."""

    not_words = ("category", "minutes", "state", "quiz", "lead", "after_modules", "slug")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.parent_in_form = self.parent_page
        program = self.instance.program_of_plan()
        if program is None or "category" not in self.fields:
            return
        self.fields["category"] = forms.ChoiceField(
            choices=[("", _("Choose a category")), *category_choices(program)],
            required=False,
            label=self.fields["category"].label,
            help_text=self.fields["category"].help_text,
        )
        # Another program's quizzes are its team's: they are not even named to hers.
        named = Q(pk=self.instance.quiz_id) | Q(modules__program=program)
        hers = Q(bank__in=banks_of(self.for_user)) if self.for_user is not None else Q()
        offered = Quiz.objects.filter(named | hers, school=program.school_id)
        self.fields["quiz"].queryset = offered.order_by("title").distinct()
        self.fields["lead"].queryset = teachers_of(program).order_by("legal_name")
        modules = program.modules.exclude(state=Module.State.RETIRED)
        self.fields["after_modules"].queryset = modules.exclude(pk=self.instance.module_id)

    def _post_clean(self) -> None:
        # The relation is written after the page has been judged: it is told what it will be.
        self.instance.relations_in_form = {"after_modules": self.cleaned_data.get("after_modules") or ()}
        super()._post_clean()
        self.instance.relations_in_form = None


class ModulePage(FramedPreview, OnePerLocale, Planned, Translated, Page):
    """One row presents one module of the program above in one language; its lessons stand under it.

    Written by instructors and registrars. The first page of a module carries its plan (category, minutes, quiz, lead,
    what must come before): publishing writes it to the module, and makes the module where the page is new.
    """

    presents = "module"
    gate_relations = ("after_modules",)
    presented_twice = _("This module has its page in this language already. Edit that one.")

    module = models.ForeignKey(Module, on_delete=models.PROTECT, null=True, blank=True, related_name="pages")
    summary = models.TextField(_("in one or two sentences"), max_length=600, blank=True)
    objectives = models.TextField(
        _("objectives"), blank=True, help_text=_("One a line, a verb first: what the learner can do afterwards.")
    )
    category = models.CharField(
        _("category"), max_length=60, blank=True, help_text=_("Where the rules of the program count its hours.")
    )
    minutes = models.PositiveIntegerField(
        _("minutes"),
        default=600,
        validators=[MinValueValidator(1), MaxValueValidator(60_000)],
        help_text=_("Planned minutes: lessons, classes and labs together."),
    )
    state = models.CharField(
        _("state"),
        max_length=16,
        choices=[choice for choice in Module.State.choices if choice[0] != Module.State.RETIRED],
        default=Module.State.IN_PREPARATION,
        help_text=_("Complete: all of it can be studied."),
    )
    quiz = models.ForeignKey(
        Quiz, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("quiz")
    )
    lead = models.ForeignKey(
        User,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("lead"),
        help_text=_("Reads every draft of this module before the registrar does."),
    )
    after_modules = ParentalManyToManyField(
        Module,
        blank=True,
        related_name="+",
        verbose_name=_("opens after these modules"),
        help_text=_("A learner finishes all their lessons first."),
    )

    content_panels: ClassVar = [
        TranslationPanel(),
        TitlePanel("title", placeholder=_("Title of the module"), help_text=_("As the public reads it.")),
        MultiFieldPanel([FieldPanel("summary"), FieldPanel("objectives")], heading=_("What it teaches")),
        PlanPanel(
            [
                FieldRowPanel([FieldPanel("category"), FieldPanel("minutes")]),
                FieldRowPanel([FieldPanel("quiz"), FieldPanel("lead")]),
                HelpPanel(template="catalog/admin/quiz_of_module.html"),
                FieldPanel("state"),
            ],
            heading=_("The plan"),
            help_text=_("Counts from publication on."),
        ),
        HelpPanel(template="catalog/admin/plans_of_module.html", heading=_("Hours against the rules")),
        PlanPanel(
            [FieldPanel("after_modules", widget=forms.CheckboxSelectMultiple)],
            heading=_("What must come before"),
            classname="collapsed",
        ),
    ]
    promote_panels: ClassVar = [FieldPanel("slug"), FieldPanel("seo_title"), FieldPanel("search_description")]
    search_fields: ClassVar = [*Page.search_fields, index.SearchField("summary"), index.SearchField("objectives")]
    exclude_fields_in_copy: ClassVar = ["module", "follows"]
    base_form_class = ModulePageForm
    parent_page_types: ClassVar = ["catalog.ProgramPage"]
    subpage_types: ClassVar = ["catalog.LessonPage"]
    private_page_options: ClassVar[list[str]] = []
    admin_default_ordering = "ord"
    page_description = _("One subject of the program above; its lessons stand under it.")
    template = "catalog/module_page.html"

    class Meta:
        verbose_name = _("module page")

    @property
    def objective_lines(self) -> list[str]:
        """The objectives, one each."""
        return [line.strip() for line in self.objectives.splitlines() if line.strip()]

    def planned_gates(self) -> tuple[Gate, ...]:
        """What its lessons wait for by the plan."""
        return tuple(Gate("module", module.code) for module in self._told("after_modules"))

    def _waits_in_a_circle(self, program: Program) -> bool:
        lessons = (
            Lesson.objects.filter(module__program=program, retired_at=None).select_related("module").order_by(*IN_ORDER)
        )
        before, after = [], []
        for lesson in lessons:
            before.append(Node(lesson.code, lesson.module.code, lesson.all_gates()))
            gates = (*self.planned_gates(), *gates_from(lesson.gates))
            after.append(
                Node(lesson.code, lesson.module.code, gates) if lesson.module_id == self.module_id else before[-1]
            )
        if program.in_order:
            before, after = in_line(before), in_line(after)
        return not set(never_open(after)) <= set(never_open(before))

    def plan_problems(self, program: Program) -> dict[str, Any]:
        """What of the plan cannot be carried out, by field."""
        problems: dict[str, Any] = {}
        if not spec_for(program.rule_set).allows(self.category):
            problems["category"] = _("Choose a category of the program’s rules; its hours can be posted nowhere else.")
        if any(other.program_id != program.pk for other in self._told("after_modules")):
            problems["after_modules"] = _("It waits for modules of another program. Take them out.")
        if self.quiz is not None and self.quiz.school_id != program.school_id:
            problems["quiz"] = _("This quiz belongs to another school. Choose one of your own.")
        elif self.quiz is not None and program.examinations.filter(quiz=self.quiz).exists():
            problems["quiz"] = _("The program examines by this quiz already, outside of its modules. Choose another.")
        if self.module_id is not None and self._waits_in_a_circle(program):
            circle = _("These modules wait for this one already, so that none of them ever opens.")
            problems.setdefault("after_modules", circle)
        for approval in program.approvals.filter(withdrawn_on=None):
            if approval.module_id is not None and approval.module_id == self.module_id:
                words = {"title": approval.title, "minutes": approval.minutes, "number": str(approval)}
                if approval.title != self.title:
                    problems["title"] = (
                        _("It is approved as “%(title)s” (%(number)s). Under another title it is another course.")
                        % words
                    )
                if approval.minutes != self.minutes:
                    problems["minutes"] = (
                        _("It is approved with %(minutes)d min (%(number)s). Withdraw that approval first.") % words
                    )
            elif approval.module_id is None:
                others = program.modules.exclude(pk__in=[self.module_id]).exclude(state=Module.State.RETIRED)
                planned = sum(others.values_list("minutes", flat=True)) + program.externship_minutes + self.minutes
                if planned != approval.minutes:
                    problems["minutes"] = _(
                        "The program is approved with %(minutes)d min (%(number)s); with this it would have %(planned)d."
                    ) % {"minutes": approval.minutes, "number": str(approval), "planned": planned}
        return problems

    def missing_above(self) -> str:
        """The program, as long as the page above presents none."""
        if self.module_id is None and program_above(self) is None:
            return str(_("Choose the program on the page above first; then this module has its place."))
        return ""

    def clean(self) -> None:
        """Refuse a plan that cannot be carried out, and a module of another program."""
        super().clean()
        if self.live and self.path and self.alias_of_id is None and self.missing_above():
            raise ValidationError(self.missing_above())
        program = self.program_of_plan()
        if program is None or self.alias_of_id is not None:
            return
        if self.module is not None and self.module.program_id != program.pk:
            raise ValidationError({"module": _("This module belongs to another program than the page above.")})
        if not self.saved_as_draft and self.governs and (problems := self.plan_problems(program)):
            raise ValidationError(problems)

    def can_move_to(self, parent: Page) -> bool:
        """Under a page of the module's own program only."""
        if not super().can_move_to(parent):
            return False
        return self.module is None or self.module.program_id == getattr(parent.specific, "program_id", None)

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the page; without a module there is nothing to show."""
        if self.module_id is None:
            raise Http404
        if (translated := self.in_language_asked_for()) is not None:
            return translated.serve(request, *args, **kwargs)
        return super().serve(request, *args, **kwargs)
