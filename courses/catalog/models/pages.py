"""Owns the Wagtail pages that present programs and lessons, one per language; they hold words, never identity.

Hours, enrollments and orders point at the plain models. A page may be copied, translated, moved or deleted without any
of them noticing: that is why no field here is unique, and why a copy starts without its program or lesson.
"""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    HelpPanel,
    MultiFieldPanel,
    ObjectList,
    TabbedInterface,
)
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page, Revision
from wagtail.permissions import policy_registry
from wagtail.search import index

from accounts.models import User
from accounts.selectors import schools_of
from certification.requirements.selectors import spec_for

from .. import blocks
from ..cleaning import clean_stored_html
from ..rules import Gate, Node, Release, gates_from, in_line, never_open
from .assets import LessonMedia
from .changes import LessonChange
from .identity import IN_ORDER, PLAN_FIELDS, Lesson, LessonPlan, Module, Program
from .offers import category_choices, teachers_of
from .page_forms import FreeSlugForm, SchoolPageForm
from .translated import TitlePanel, Translated, TranslationPanel


class CleanTextField(RichTextField):
    """Formatted text that passes the cleaner at every save, whichever way it came in."""

    def get_prep_value(self, value: Any) -> Any:
        """Store cleaned text."""
        value = super().get_prep_value(value)
        return clean_stored_html(value) if isinstance(value, str) else value


class FramedPreview:
    """A page whose preview may stand in the editor's frame: its own policy forbids every frame."""

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        """Render the preview and let our own origin frame it."""
        response = super().serve_preview(request, mode_name)  # type: ignore[misc]
        response._csp_replace = {"frame-ancestors": ["'self'"], "frame-src": ["'self'"]}
        return response


class OnePerLocale:
    """A page that presents one plain object: at most one such page a language, aliases aside.

    The oldest page of an object governs: it alone carries the plan that publishing writes to the object.
    """

    presents: ClassVar[str]
    presented_twice: ClassVar[Any]

    @property
    def governs(self) -> bool:
        """Whether this page's plan is the object's: no translation's and no alias's is."""
        page: Any = self
        key = getattr(page, f"{page.presents}_id")
        if page.alias_of_id is not None:
            return False
        if key is None or page.pk is None:
            return True
        older = type(page).objects.filter(**{page.presents: key}, alias_of=None, pk__lt=page.pk)
        return not older.exists()

    def clean(self) -> None:
        """Refuse a second page for the same object and language."""
        super().clean()  # type: ignore[misc]
        key = getattr(self, f"{self.presents}_id")
        page: Any = self
        if key is None or page.alias_of_id is not None:
            return
        same = {self.presents: key, "locale_id": page.locale_id, "alias_of__isnull": True}
        if type(page).objects.filter(**same).exclude(pk=page.pk).exists():
            raise ValidationError({self.presents: self.presented_twice})

    def save(self, *args: Any, **kwargs: Any) -> Any:
        """A new page that names nothing yet stays a draft: such is every copy."""
        if self._state.adding and getattr(self, f"{self.presents}_id") is None:  # type: ignore[attr-defined]
            self.live = False
            self.has_unpublished_changes = True
        return super().save(*args, **kwargs)  # type: ignore[misc]

    def copy(self, *args: Any, **kwargs: Any) -> Any:
        """A translation presents the same object and says what is published of it now; a plain copy presents none."""
        if kwargs.get("reset_translation_key") is not False:
            return super().copy(*args, **kwargs)  # type: ignore[misc]
        page: Any = self
        kept = {
            self.presents: getattr(self, self.presents),
            "follows": page.live_revision_id or 0 if page.follows is None else page.follows,
        }
        kwargs["update_attrs"] = {**(kwargs.get("update_attrs") or {}), **kept}
        made: Any = super().copy(*args, **kwargs)  # type: ignore[misc]
        # Wagtail puts into the draft, and not into the row, what plain copies leave out.
        for name, value in kept.items():
            setattr(made, name, value)
        made.save(update_fields=list(kept), clean=False)
        return made


def _words_of(error: ValidationError) -> list[str]:
    """The sentences of a block's errors, those of the blocks inside it included."""
    inside = getattr(error, "block_errors", None) or {}
    nested = inside.values() if isinstance(inside, dict) else inside
    found = [words for each in nested if each for words in _words_of(each)]
    return found or [str(words) for words in error.messages]


def unfinished_blocks(page: Page) -> str:
    """Which blocks of a page are not finished, for they were saved in a draft; empty where none is.

    Neither is one whose clip has lost its captions since.
    """
    for name in getattr(page, "translated_streams", ()):
        for place, child in enumerate(getattr(page, name), start=1):
            try:
                child.block.clean(child.value)
            except ValidationError as error:
                return str(
                    _("Block %(place)d (%(kind)s) is not finished. %(words)s Publish from the editor: it shows where.")
                    % {"place": place, "kind": child.block.label, "words": " ".join(_words_of(error))}
                )
    return ""


class Planned:
    """A page that carries a plan: judged by the program above it, also while a form holds it and it has no place yet.

    Its newest draft may stand in the way of its own publication.
    """

    parent_in_form: Page | None = None
    """Where a form will put the page that is not in the tree yet."""
    gate_relations: ClassVar[tuple[str, ...]] = ()
    """Names what a page waits for."""
    relations_in_form: dict[str, Any] | None = None
    """What a form will write to the page's relations once the page has been judged."""

    def program_of_plan(self) -> Program | None:
        """The program whose rules judge the plan."""
        page: Any = self
        return program_above(page, None if page.path else self.parent_in_form)

    def publishing_obstacle(self, revision: Revision | None = None, *, with_those_above: bool = False) -> str:
        """Why a draft, the newest by default, cannot be published as it is; empty when it can.

        Its own rules are asked anew. Nothing above is missed where that is published first, `with_those_above`.
        """
        page: Any = self
        draft = page.get_latest_revision_as_object() if revision is None else revision.as_object()
        if not with_those_above and (words := draft.missing_above()) != "":
            return words
        try:
            draft.full_clean()
        except ValidationError as error:
            return " ".join(error.messages)
        return unfinished_blocks(draft)

    def missing_above(self) -> str:
        """What must be published before this page can be; empty when nothing must."""
        return ""

    def _told(self, relation: str) -> Any:
        """What of a relation a form will write, or what is stored."""
        if self.relations_in_form is not None:
            return self.relations_in_form[relation]
        return getattr(self, relation).all()

    def drop_foreign_gates(self) -> list[str]:
        """Take out what belongs to another program than the one above, as a copy has it; the titles of it."""
        page: Any = self
        program = self.program_of_plan()
        dropped: list[str] = []
        for relation in self.gate_relations:
            rows = list(getattr(page, relation).all())
            kept = [row for row in rows if program and program_of_row(row) == program.pk]
            if len(kept) < len(rows):
                dropped += [row.title for row in rows if row not in kept]
                setattr(page, relation, kept)
        return dropped


def program_of_row(row: Module | Lesson) -> int:
    """The program of a module or lesson."""
    return row.program_id if isinstance(row, Module) else row.module.program_id


class PlanPanel(MultiFieldPanel):
    """Fields of the plan; a translation shows none of them."""

    class BoundPanel(MultiFieldPanel.BoundPanel):
        """The panel on one page."""

        def is_shown(self) -> bool:
            """On the page that governs."""
            return bool(super().is_shown() and self.instance.governs)


def program_above(page: Page, parent: Page | None = None) -> Program | None:
    """The program in whose part of the tree a page stands, or will stand below `parent`; None outside of any."""
    if parent is None:
        if not page.path or page.depth is None or page.depth < 2:
            return None
        parent = page.get_parent()
    while parent is not None and parent.depth > 1:
        specific = parent.specific
        if hasattr(specific, "program_id"):
            found: Program | None = specific.program
            return found
        parent = parent.get_parent()
    return None


class ProgramIndexPage(FramedPreview, Page):
    """One row is the list of programs at /programs/."""

    intro = models.TextField(_("intro"), blank=True, max_length=500)

    content_panels: ClassVar = [*Page.content_panels, FieldPanel("intro")]
    subpage_types: ClassVar = ["catalog.ProgramPage"]
    max_count_per_parent = 1
    admin_default_ordering = "ord"
    page_description = _("The list of programs.")
    template = "catalog/program_index_page.html"

    class Meta:
        verbose_name = _("list of programs")

    @classmethod
    def can_create_at(cls, parent: Page) -> bool:
        """Below a home page, never beside it."""
        return bool(super().can_create_at(parent)) and not parent.is_root()


class ProgramPageForm(SchoolPageForm):
    """Offers the programs of the schools in which the editor works."""

    not_words = ("program", "slug")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields.get("program")
        if field is not None and self.for_user is not None and not self.for_user.is_superuser:
            schools = schools_of(self.for_user, "instructor", "registrar", "admin")
            field.queryset = Program.objects.filter(school__in=schools)


class ProgramPage(FramedPreview, OnePerLocale, Translated, Page):
    """One row presents one program in one language: what it holds, who it is for, what its certificate is and is not.

    Written by editors. Modules, minutes and the rule set come from the plain models, so that the page cannot promise
    other hours than those that count.
    """

    presents = "program"
    translated_streams = ("faq",)
    presented_twice = _("This program has its page in this language already. Edit that one.")

    program = models.ForeignKey(Program, on_delete=models.PROTECT, null=True, related_name="pages")
    lede = models.TextField(_("in one or two sentences"), max_length=400, blank=True)
    audience = CleanTextField(_("who it is for"), features=blocks.PROSE_FEATURES, blank=True)
    outcomes = CleanTextField(_("what you will be able to do"), features=blocks.PROSE_FEATURES, blank=True)
    entry_conditions = CleanTextField(_("who can join"), features=blocks.PROSE_FEATURES, blank=True)
    certificate_is = CleanTextField(_("what the certificate is"), features=blocks.PROSE_FEATURES, blank=True)
    certificate_is_not = CleanTextField(_("what the certificate is not"), features=blocks.PROSE_FEATURES, blank=True)
    faq = StreamField([("question", blocks.QuestionBlock())], blank=True, verbose_name=_("questions and answers"))

    content_panels: ClassVar = [
        TranslationPanel(),
        TitlePanel("title", placeholder=_("Title of the program"), help_text=_("As the public reads it.")),
        MultiFieldPanel([FieldPanel("program"), FieldPanel("lede"), FieldPanel("audience")], heading=_("The program")),
        HelpPanel(template="catalog/admin/plans_of_program.html", heading=_("Hours against the rules")),
        FieldPanel("outcomes"),
        FieldPanel("entry_conditions"),
        MultiFieldPanel(
            [FieldPanel("certificate_is"), FieldPanel("certificate_is_not")], heading=_("The certificate, honestly")
        ),
        FieldPanel("faq"),
    ]
    promote_panels: ClassVar = [FieldPanel("slug"), FieldPanel("seo_title"), FieldPanel("search_description")]
    search_fields: ClassVar = [
        *Page.search_fields,
        index.SearchField("lede"),
        index.SearchField("audience"),
        index.SearchField("outcomes"),
        index.SearchField("entry_conditions"),
        index.SearchField("certificate_is"),
        index.SearchField("faq"),
    ]
    exclude_fields_in_copy: ClassVar = ["program", "follows"]
    base_form_class = ProgramPageForm
    parent_page_types: ClassVar = ["catalog.ProgramIndexPage"]
    subpage_types: ClassVar = ["catalog.ModulePage"]
    private_page_options: ClassVar[list[str]] = []
    admin_default_ordering = "ord"
    page_description = _("Presents one program; its modules stand under it.")
    template = "catalog/program_page.html"

    class Meta:
        verbose_name = _("program page")

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the page; without a program there is nothing to show."""
        if self.program_id is None:
            raise Http404
        if (translated := self.in_language_asked_for()) is not None:
            return translated.serve(request, *args, **kwargs)
        return super().serve(request, *args, **kwargs)


class LessonPageForm(FreeSlugForm):
    """Offers what belongs to the program above, and refuses figures and clips of other schools."""

    not_words = (
        "lesson", *PLAN_FIELDS, "category", "after_lessons", "after_quizzes", "after_minutes", "after_category",
        "after_milestone", "slug",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields.get("lesson")
        self.instance.parent_in_form = self.parent_page
        program = self.instance.program_of_plan()
        if field is not None:
            field.queryset = (
                Lesson.objects.filter(module__program_id=program.pk if program else 0)
                .select_related("module")
                .order_by("module__sort_order", "sort_order", "pk")
            )
            field.empty_label = _("A new lesson, made when this page is published")
            field.label_from_instance = lambda lesson: f"{lesson.module.title}: {lesson.title} ({lesson.minutes} min)"
        if program is not None and "minutes" in self.fields:
            self._offer(program)

        if self.instance.pk is None and not self.is_bound:
            # A blank page frightens; the shape of a lesson is there, and what stays empty is refused by name.
            self.initial["body"] = self.instance.body.stream_block.normalize(
                [("objectives", [""]), ("prose", ""), ("references", [""])]
            )
            if self.for_user is not None and program is not None:
                teacher = teachers_of(program).filter(pk=self.for_user.pk).first()
                self.initial["instructor"] = self.instance.instructor_id or (teacher.pk if teacher else None)

    def _offer(self, program: Program) -> None:
        categories = category_choices(program)
        for name, empty in (("category", _("That of the module")), ("after_category", _("All together"))):
            self.fields[name] = forms.ChoiceField(
                choices=[("", empty), *categories],
                required=False,
                label=self.fields[name].label,
                help_text=self.fields[name].help_text,
            )
        self.fields["instructor"].queryset = teachers_of(program).order_by("legal_name")
        lessons = Lesson.objects.filter(module__program=program, retired_at=None).exclude(pk=self.instance.lesson_id)
        self.fields["after_lessons"].queryset = lessons.select_related("module").order_by(
            "module__sort_order", "module_id", "sort_order", "pk"
        )
        self.fields["after_quizzes"].queryset = program.modules.exclude(quiz=None)

    def _post_clean(self) -> None:
        """A page that takes up a lesson without one takes that lesson's plan, but for what was typed here."""
        lesson = self.cleaned_data.get("lesson")
        if lesson is not None and self.instance.lesson_id != lesson.pk:
            for name in PLAN_FIELDS:
                if name in self.fields and name not in self.changed_data:
                    self.cleaned_data[name] = getattr(lesson, name)
        # The relations are written after the page has been judged: it is told what they will be.
        relations = ("after_lessons", "after_quizzes")
        self.instance.relations_in_form = {name: self.cleaned_data.get(name) or () for name in relations}
        super()._post_clean()
        self.instance.relations_in_form = None

    def clean(self) -> dict[str, Any]:
        """Refuse what the editor may not use: naming a private clip here would open it to her learners."""
        cleaned: dict[str, Any] = super().clean()
        for item in library_items(cleaned.get("body") or []):
            policy = policy_registry.get_by_type(type(item))
            if not policy.user_has_any_permission_for_instance(self.for_user, ["add", "change", "choose"], item):
                self.add_error(
                    "body",
                    forms.ValidationError(
                        _("“%(title)s” belongs to another school. Choose from your own library."),
                        params={"title": item.title},
                    ),
                )
        return cleaned


def library_items(body: Any) -> list[Any]:
    """What of the library a lesson's body names, however deep it stands, in order."""
    return [row for child in body for row in blocks.chosen_rows(child.block, child.value)]


class LessonPage(FramedPreview, OnePerLocale, Planned, Translated, LessonPlan, Page):
    """One row presents one lesson in one language: its words, figures and clips, in published and draft revisions.

    Written by instructors, published by registrars. The first page of a lesson carries its plan: publishing writes it
    to the lesson, and makes the lesson where the page is new. Never served at its own address: learners read it at
    the study room's, which asks for the right first.
    """

    presents = "lesson"
    translated_streams = ("body",)
    gate_relations = ("after_lessons", "after_quizzes")
    presented_twice = _("This lesson has its page in this language already. Edit that one, or choose another lesson.")
    PHONE_LEARNER = "phone-learner"
    CLOSED = "closed"

    lesson = models.ForeignKey(
        Lesson, on_delete=models.PROTECT, null=True, blank=True, related_name="pages", verbose_name=_("lesson")
    )
    lede = models.TextField(_("in one or two sentences"), max_length=400, blank=True)
    review_note = models.CharField(
        _("review note"),
        max_length=300,
        blank=True,
        help_text=_("Shown to learners under the title: who reviewed the lesson, or that nobody has yet."),
    )
    body = StreamField(
        blocks.LessonBody(), blank=True, verbose_name=_("lesson"), help_text=_("Objectives first, references last.")
    )
    category = models.CharField(
        _("category"), max_length=60, blank=True, help_text=_("Only where its hours count elsewhere than the module’s.")
    )
    after_lessons = ParentalManyToManyField(
        Lesson, blank=True, related_name="+", verbose_name=_("opens after these lessons")
    )
    after_quizzes = ParentalManyToManyField(
        Module, blank=True, related_name="+", verbose_name=_("opens after the quizzes of these modules")
    )
    after_minutes = models.PositiveIntegerField(
        _("opens after minutes"),
        null=True,
        blank=True,
        help_text=_("Attended minutes on the learner’s record; empty: none."),
    )
    after_category = models.CharField(_("minutes in"), max_length=60, blank=True)
    after_milestone = models.CharField(
        _("opens after a check-off"),
        max_length=80,
        blank=True,
        help_text=_("The code of a check-off or another fact on the record, such as check-off:palpation."),
    )

    content_panels: ClassVar = [
        TranslationPanel(),
        TitlePanel("title", placeholder=_("Title of the lesson"), help_text=_("As learners read it.")),
        FieldPanel("lede", help_text=_("What it is about, under the title and in lists.")),
        FieldPanel("body"),
        FieldPanel("review_note"),
    ]
    plan_panels: ClassVar = [
        HelpPanel(template="catalog/admin/who_studied.html", heading=_("Who studied it")),
        FieldPanel("lesson", help_text=_("Leave it as it is for a new lesson.")),
        PlanPanel(
            [
                FieldRowPanel([FieldPanel("minutes"), FieldPanel("delivery")]),
                FieldRowPanel([FieldPanel("instructor"), FieldPanel("category")]),
            ],
            heading=_("Time"),
            help_text=_("Counts from publication on."),
        ),
        PlanPanel(
            [
                FieldPanel("min_seat_minutes"),
                FieldPanel("needs_self_checks"),
                FieldPanel("needs_quiz_percent"),
                FieldPanel("needs_mark"),
            ],
            heading=_("What finishing it takes"),
            help_text=_("Everything that is set must be met; with nothing set, opening it is enough."),
        ),
        PlanPanel(
            [
                FieldRowPanel([FieldPanel("release_on"), FieldPanel("release_after_days")]),
                FieldPanel("after_lessons", widget=forms.CheckboxSelectMultiple),
                FieldPanel("after_quizzes", widget=forms.CheckboxSelectMultiple),
                FieldRowPanel([FieldPanel("after_minutes"), FieldPanel("after_category")]),
                FieldPanel("after_milestone"),
            ],
            heading=_("When it opens"),
            help_text=_("Everything that is set must have come; with nothing set, it is open from the first."),
        ),
        HelpPanel(template="catalog/admin/plans_of_lesson.html", heading=_("Hours against the rules")),
    ]
    settings_panels: ClassVar = [
        HelpPanel(
            content=_(
                "The days on which it is published and taken down are set under “Status”, the first button at the top "
                "right. Only enrolled learners read it, whatever is set there."
            ),
            heading=_("From when to when"),
        ),
        FieldPanel("slug", help_text=_("The last part of its address, made from the title.")),
        *Page.settings_panels,
    ]
    edit_handler: ClassVar = TabbedInterface(
        [
            ObjectList(content_panels, heading=_("Words")),
            ObjectList(plan_panels, heading=_("Plan")),
            ObjectList(settings_panels, heading=_("Publishing")),
        ]
    )
    search_fields: ClassVar = [*Page.search_fields, index.SearchField("lede"), index.SearchField("body")]
    exclude_fields_in_copy: ClassVar = ["lesson", "follows"]
    base_form_class = LessonPageForm
    parent_page_types: ClassVar = ["catalog.ModulePage"]
    subpage_types: ClassVar[list[str]] = []
    # Who may read a lesson follows from enrollment alone; a second switch would only contradict it.
    private_page_options: ClassVar[list[str]] = []
    for_enrolled_alone = True
    """The status panel says so."""
    page_description = _("One lesson of the module above.")

    class Meta:
        verbose_name = _("lesson page")

    def save(self, *args: Any, **kwargs: Any) -> Any:
        """A page made for a lesson begins with its plan; a change to what was studied is decided before it is live."""
        # A form has taken it already, but for what was typed.
        if self._state.adding and self.lesson is not None and self.parent_in_form is None:
            self.take_plan(self.lesson)
        if not self._state.adding and self.live and self.live_revision_id:
            stored = type(self).objects.filter(pk=self.pk).values_list("live_revision_id", flat=True).first()
            if stored != self.live_revision_id:
                if self._is_undecided(self.live_revision_id):
                    raise ValidationError(
                        {NON_FIELD_ERRORS: _("Say first what this change means for those who studied the lesson.")}
                    )
                if words := unfinished_blocks(self):
                    raise ValidationError({NON_FIELD_ERRORS: words})
        return super().save(*args, **kwargs)

    def take_plan(self, lesson: Lesson) -> None:
        """Plan what the lesson has."""
        for name in PLAN_FIELDS:
            setattr(self, name, getattr(lesson, name))
        if lesson.category != lesson.module.category:
            self.category = lesson.category

    @property
    def module_above(self) -> Module | None:
        """The module under whose page it stands."""
        parent = self.get_parent() if self.path else self.parent_in_form
        return getattr(parent.specific, "module", None) if parent is not None else None

    @property
    def lead(self) -> User | None:
        """Who reads its drafts first."""
        parent = self.get_parent().specific if self.path else None
        return getattr(parent, "lead", None)

    @property
    def planned_release(self) -> Release:
        """When it opens by this plan, the module's gates included."""
        module = self.lesson.module if self.lesson else self.module_above
        inherited = gates_from(module.gates) if module else ()
        return Release(self.release_on, self.release_after_days, (*inherited, *self.planned_gates()))

    def planned_gates(self) -> tuple[Gate, ...]:
        """The gates that the plan asks for."""
        gates = [Gate("lesson", lesson.code) for lesson in self._told("after_lessons")]
        gates += [Gate("quiz", module.code) for module in self._told("after_quizzes")]
        if self.after_minutes:
            gates.append(Gate("minutes", self.after_category, self.after_minutes))
        if self.after_milestone:
            gates.append(Gate("milestone", self.after_milestone))
        return tuple(gates)

    def asks_what_changes(self, revision: int | None = None) -> bool:
        """Whether publishing a draft, the newest by default, must say first what it means for those who studied the lesson."""
        asked = revision or self.latest_revision_id
        return asked is not None and self._is_undecided(asked)

    def _is_undecided(self, revision: int) -> bool:
        if self.lesson is None or self.lesson.studied_at is None:
            return False
        was_live = type(self).objects.filter(pk=self.pk, first_published_at__isnull=False).exists()
        return was_live and not LessonChange.objects.filter(revision=revision).exists()

    def clean(self) -> None:
        """Refuse a lesson of another program, and a plan that cannot be carried out."""
        super().clean()
        program = self.program_of_plan()
        if self.alias_of_id is not None or not (self.path or program):
            return
        if self.live and self.path and self.missing_above():
            raise ValidationError(self.missing_above())
        if self.lesson is not None and self.lesson.module.program_id != getattr(program, "pk", None):
            raise ValidationError({"lesson": _("This lesson belongs to another program than the page above.")})
        if self.saved_as_draft or program is None or not self.governs:
            return
        if problems := self.plan_problems(program):
            raise ValidationError(problems)

    def missing_above(self) -> str:
        """The module, as long as its page was never published."""
        if self.lesson_id is None and self.module_above is None:
            return str(_("Publish the page of the module first; then this lesson has its place."))
        return ""

    def plan_problems(self, program: Program) -> dict[str, Any]:
        """What of the plan cannot be carried out, by field."""
        problems: dict[str, Any] = {}
        if (self.min_seat_minutes or 0) > (self.minutes or 0):
            problems["min_seat_minutes"] = _("The least minutes are more than the lesson has. Lower them.")
        elif program.credit == Program.Credit.AWARDED and not (self.min_seat_minutes or self.needs_quiz_percent):
            problems["min_seat_minutes"] = _(
                "This program gives a lesson’s approved minutes to who finishes it. Ask for a least time or a quiz."
            )
        for name in ("category", "after_category"):
            code = getattr(self, name)
            if code and not spec_for(program.rule_set).allows(code):
                problems[name] = _("The program’s rules have no category “%(code)s”.") % {"code": code}
        module = self.lesson.module if self.lesson else self.module_above
        if self.needs_quiz_percent and module is not None and module.quiz_id is None:
            problems["needs_quiz_percent"] = _("The module has no quiz. Give it one first, or leave this empty.")
        if any(lesson.module.program_id != program.pk for lesson in self._told("after_lessons")):
            problems["after_lessons"] = _("It waits for lessons of another program. Take them out.")
        if any(other.program_id != program.pk for other in self._told("after_quizzes")):
            problems["after_quizzes"] = _("It waits for quizzes of another program. Take them out.")
        own = self.lesson.code if self.lesson else ""
        others = Lesson.objects.filter(module__program=program, retired_at=None).select_related("module")
        nodes = [Node(lesson.code, lesson.module.code, lesson.all_gates()) for lesson in others.order_by(*IN_ORDER)]
        inherited = gates_from(module.gates) if module else ()
        mine = Node(own, module.code if module else "", (*inherited, *self.planned_gates()))
        rest = [node for node in nodes if node.code != own]
        # A new lesson comes last in its module; where others already follow that, it is the place alone that differs.
        nodes = [mine if node.code == own else node for node in nodes] if own else [*nodes, mine]
        if program.in_order:
            nodes, rest = in_line(nodes), in_line(rest)
        stuck = set(never_open(nodes))
        if own in stuck and not stuck <= set(never_open(rest)):
            words = _("It waits for lessons that wait for it, so that none of them ever opens.")
            problems.setdefault("after_lessons", words)
        return problems

    def can_move_to(self, parent: Page) -> bool:
        """Under a page of the lesson's own module only: hours are posted under it."""
        if not super().can_move_to(parent):
            return False
        return self.lesson is None or self.lesson.module_id == getattr(parent.specific, "module_id", None)

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Send to the study room; nothing of the lesson is in this answer."""
        if self.lesson is None:
            raise Http404
        response = HttpResponseRedirect(f"/learn/lessons/{self.lesson.uuid}/")
        response["Cache-Control"] = "private, no-store"
        response["X-Robots-Tag"] = "noindex"
        return response

    def get_sitemap_urls(self, request: HttpRequest | None = None) -> list[dict[str, Any]]:
        """None: lessons are not for search engines."""
        return []

    @property
    def preview_modes(self) -> list[tuple[str, Any]]:
        """As a learner sees it, at a desk and on a phone, and as one for whom it is not open yet."""
        return [
            ("", _("As a learner")),
            (self.PHONE_LEARNER, _("As a learner on a phone")),
            (self.CLOSED, _("As a learner for whom it is not open")),
        ]

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        """The learner's page with this draft in it. Asks again for the right, whichever view asked before."""
        rights = self.permissions_for_user(request.user)
        if not (rights.can_edit() or rights.can_publish()):
            raise PermissionDenied
        return super().serve_preview(request, mode_name)

    def get_preview_template(self, request: HttpRequest, mode_name: str) -> str:
        """The learner's page with the draft in it, or a phone in which that page stands."""
        templates = {self.PHONE_LEARNER: "catalog/lesson_phone.html", self.CLOSED: "catalog/lesson_closed_preview.html"}
        return templates.get(mode_name, "catalog/lesson_preview.html")


class MediaUse(models.Model):
    """One row says that the published page of a lesson shows a clip: who may study the lesson may play it.

    Derived: written anew by `services.refresh_media_use` whenever the page is published or withdrawn.
    """

    page = models.ForeignKey(LessonPage, on_delete=models.CASCADE, related_name="media_uses")
    lesson = models.ForeignKey(Lesson, on_delete=models.PROTECT, related_name="media_uses")
    media = models.ForeignKey(LessonMedia, on_delete=models.PROTECT, related_name="uses")

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [models.UniqueConstraint(fields=["page", "media"], name="one_use_per_page")]
