"""Owns the Wagtail pages that present programs and lessons, one per language; they hold words, never identity.

Hours, enrollments and orders point at the plain models. A page may be copied, translated, moved or deleted without any
of them noticing: that is why no field here is unique, and why a copy starts without its program or lesson.
"""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.admin.panels import FieldPanel, HelpPanel, MultiFieldPanel
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page
from wagtail.permissions import policy_registry
from wagtail.search import index

from accounts.selectors import schools_of

from .. import blocks
from ..cleaning import clean_stored_html
from .assets import LessonMedia
from .identity import Lesson, Program


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
    """A page that presents one plain object: at most one such page a language, aliases aside."""

    presents: ClassVar[str]
    presented_twice: ClassVar[Any]

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
        """A translation presents the same object, though a plain copy does not."""
        if kwargs.get("reset_translation_key") is False:
            kwargs["update_attrs"] = {
                **(kwargs.get("update_attrs") or {}), self.presents: getattr(self, self.presents)
            }  # fmt: skip
        return super().copy(*args, **kwargs)  # type: ignore[misc]


class ProgramIndexPage(FramedPreview, Page):
    """One row is the list of programs at /programs/."""

    intro = models.TextField(_("intro"), blank=True, max_length=500)

    content_panels: ClassVar = [*Page.content_panels, FieldPanel("intro")]
    subpage_types: ClassVar = ["catalog.ProgramPage"]
    max_count_per_parent = 1
    page_description = _("The list of programs.")
    template = "catalog/program_index_page.html"

    class Meta:
        verbose_name = _("list of programs")

    @classmethod
    def can_create_at(cls, parent: Page) -> bool:
        """Below a home page, never beside it."""
        return bool(super().can_create_at(parent)) and not parent.is_root()


class ProgramPageForm(WagtailAdminPageForm):
    """Offers the programs of the schools in which the editor works."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields.get("program")
        if field is not None and self.for_user is not None and not self.for_user.is_superuser:
            schools = schools_of(self.for_user, "instructor", "registrar", "admin")
            field.queryset = Program.objects.filter(school__in=schools)


class ProgramPage(FramedPreview, OnePerLocale, Page):
    """One row presents one program in one language: what it holds, who it is for, what its certificate is and is not.

    Written by editors. Modules, minutes and the rule set come from the plain models, so that the page cannot promise
    other hours than those that count.
    """

    presents = "program"
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
        *Page.content_panels,
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
    exclude_fields_in_copy: ClassVar = ["program"]
    base_form_class = ProgramPageForm
    parent_page_types: ClassVar = ["catalog.ProgramIndexPage"]
    subpage_types: ClassVar = ["catalog.LessonPage"]
    private_page_options: ClassVar[list[str]] = []
    page_description = _("Presents one program; its lessons stand under it.")
    template = "catalog/program_page.html"

    class Meta:
        verbose_name = _("program page")

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the page; without a program there is nothing to show."""
        if self.program_id is None:
            raise Http404
        return super().serve(request, *args, **kwargs)


class LessonPageForm(WagtailAdminPageForm):
    """Offers the lessons of the program above, and refuses figures and clips of other schools."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields.get("lesson")
        if field is None:
            return
        program: int | None = getattr(self.parent_page.specific, "program_id", None) if self.parent_page else None
        field.queryset = (
            Lesson.objects.filter(module__program_id=program or 0)
            .select_related("module")
            .order_by("module__sort_order", "sort_order", "pk")
        )
        field.label_from_instance = lambda lesson: f"{lesson.module.title}: {lesson.title} ({lesson.minutes} min)"

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


class LessonPage(FramedPreview, OnePerLocale, Page):
    """One row presents one lesson in one language: its words, figures and clips, in published and draft revisions.

    Written by instructors, published by registrars. Never served at its own address: learners read it at the study
    room's, which asks for the right first.
    """

    presents = "lesson"
    presented_twice = _("This lesson has its page in this language already. Edit that one, or choose another lesson.")
    PHONE_LEARNER = "phone-learner"

    lesson = models.ForeignKey(Lesson, on_delete=models.PROTECT, null=True, related_name="pages")
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

    content_panels: ClassVar = [
        *Page.content_panels,
        MultiFieldPanel(
            [
                FieldPanel("lesson", help_text=_("Its minutes and category are set in the program, not here.")),
                FieldPanel("lede"),
                FieldPanel("review_note"),
            ],
            heading=_("The lesson"),
        ),
        HelpPanel(template="catalog/admin/plans_of_lesson.html", heading=_("Hours against the rules")),
        FieldPanel("body"),
    ]
    promote_panels: ClassVar = [FieldPanel("slug")]
    settings_panels: ClassVar = [
        HelpPanel(content=_("Only enrolled learners read lessons, whatever is set here.")),
        *Page.settings_panels,
    ]
    search_fields: ClassVar = [*Page.search_fields, index.SearchField("lede"), index.SearchField("body")]
    exclude_fields_in_copy: ClassVar = ["lesson"]
    base_form_class = LessonPageForm
    parent_page_types: ClassVar = ["catalog.ProgramPage"]
    subpage_types: ClassVar[list[str]] = []
    # Who may read a lesson follows from enrollment alone; a second switch would only contradict it.
    private_page_options: ClassVar[list[str]] = []
    page_description = _("Presents one lesson of the program above.")

    class Meta:
        verbose_name = _("lesson page")

    def clean(self) -> None:
        """Refuse a lesson of another program."""
        super().clean()
        if self.lesson_id is None or self.alias_of_id is not None or not self.path:
            return
        parent = self.get_parent().specific
        if self.lesson is not None and self.lesson.module.program_id != getattr(parent, "program_id", None):
            raise ValidationError({"lesson": _("This lesson belongs to another program than the page above.")})

    def can_move_to(self, parent: Page) -> bool:
        """Under a page of the lesson's own program only."""
        if not super().can_move_to(parent):
            return False
        return self.lesson is None or self.lesson.module.program_id == getattr(parent.specific, "program_id", None)

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
        """As a learner sees it."""
        return [("", _("As a learner")), (self.PHONE_LEARNER, _("As a learner on a phone"))]

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        """The learner's page with this draft in it. Asks again for the right, whichever view asked before."""
        rights = self.permissions_for_user(request.user)
        if not (rights.can_edit() or rights.can_publish()):
            raise PermissionDenied
        return super().serve_preview(request, mode_name)

    def get_preview_template(self, request: HttpRequest, mode_name: str) -> str:
        """The learner's page with the draft in it, or a phone in which that page stands."""
        return "catalog/lesson_phone.html" if mode_name == self.PHONE_LEARNER else "catalog/lesson_preview.html"


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
