"""Shows the catalog in the CMS: figures, terms and profiles, whose choosers offer a school its own; the question before a
publication; retiring; what is not deleted; the editor's programs on the first page.
"""

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.db.models import Model, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import URLPattern, path, re_path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import BaseColumn, BooleanColumn
from wagtail.admin.widgets import Button
from wagtail.models import Collection, Page
from wagtail.permissions import policy_registry
from wagtail.query import PageQuerySet
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.chooser import (
    ChooseResultsView,
    ChooseView,
    SnippetChooserViewSet,
    SnippetChosenMultipleView,
    SnippetChosenView,
    SnippetCreateView,
)
from wagtail.snippets.views.snippets import SnippetViewSet
from wagtailmedia.views import media as media_views

from accounts.selectors import roles_of

from . import file_views, upload_views, views
from . import library_hooks as library_hooks  # registers its own
from . import marking_hooks as marking_hooks  # likewise
from . import quiz_hooks as quiz_hooks  # likewise
from .editing import LessonViewSet, ModuleViewSet, OurPageViewSet
from .forms import untranslated
from .models import (
    RESPONSIBLE,
    Figure,
    GlossaryTerm,
    InstructorProfile,
    LessonMedia,
    LessonPage,
    ModulePage,
    ProgramPage,
    Translated,
)
from .selectors import quizzes_named_by, teachers_in
from .upload_forms import FigureForm, NewFigureForm

WORKS_WITH = ["add", "change", "delete"]


def own_rows(request: HttpRequest, model: type[Model]) -> QuerySet[Any]:
    """What of a kind of library this editor may work with."""
    policy = policy_registry.get_by_type(model)
    found: QuerySet[Any] = policy.instances_user_has_any_permission_for(request.user, WORKS_WITH)
    return found


def only_own(model: type[Model], view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Guard a view of one row: another school's is not there. Wagtail asks only whether any may be changed."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "pk" in kwargs and not own_rows(request, model).filter(pk=unquote(str(kwargs["pk"]))).exists():
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


class OwnRows:
    """A chooser that knows what the editor's own school has, and nothing else."""

    request: HttpRequest
    model_class: type[Model]

    def get_object_list(self) -> QuerySet[Any]:
        """What is offered."""
        return own_rows(self.request, self.model_class)

    def get_object(self, pk: Any) -> Model:
        """What was chosen."""
        row: Model = self.get_object_list().get(pk=pk)
        return row

    def get_objects(self, pks: list[Any]) -> QuerySet[Any]:
        """What was chosen, several at once."""
        return self.get_object_list().filter(pk__in=pks)


class ChooseOwn(OwnRows, ChooseView):
    """The chooser's window."""


class ChooseOwnResults(OwnRows, ChooseResultsView):
    """The chooser's list, after a search."""


class OwnChosen(OwnRows, SnippetChosenView):
    """The answer to a choice."""


class OwnChosenMultiple(OwnRows, SnippetChosenMultipleView):
    """The answer to several choices."""


class LibraryChooser(SnippetChooserViewSet):
    """Chooses from the library of the editor's school."""

    choose_view_class = ChooseOwn
    choose_results_view_class = ChooseOwnResults
    chosen_view_class = OwnChosen
    chosen_multiple_view_class = OwnChosenMultiple


class LibraryViewSet(SnippetViewSet):
    """One kind of thing in the libraries of schools, each school's own."""

    chooser_viewset_class = LibraryChooser

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """List what the editor may work with; Wagtail would list all."""
        return own_rows(request, self.model)

    def get_urlpatterns(self) -> list[URLPattern]:
        """Guard every view that takes one row, those of later versions of Wagtail included."""
        patterns: list[URLPattern] = super().get_urlpatterns()
        for pattern in patterns:
            pattern.callback = only_own(self.model, pattern.callback)
        return patterns

    def get_form_class(self, for_update: bool = False) -> type:
        """Offer only collections in which the editor may put such things."""
        form_class: type = super().get_form_class(for_update)
        model = self.model

        class OwnCollections(form_class):
            def __init__(self, *args: Any, **kwargs: Any) -> None:
                super().__init__(*args, **kwargs)
                field = self.fields.get("collection")
                if field is not None and self.for_user is not None:
                    policy = policy_registry.get_by_type(model)
                    field.queryset = policy.collections_user_has_any_permission_for(self.for_user, ["add", "change"])
                    field.empty_label = None
                    if not self.instance.pk:
                        field.initial = field.queryset.first()

        return OwnCollections


class PictureColumn(BaseColumn):
    """A small picture of the figure."""

    cell_template_name = "catalog/admin/figure_cell.html"


class Pictured:
    """A chooser that shows each figure."""

    @property
    def columns(self) -> list[BaseColumn]:
        """The picture, then what a chooser shows."""
        return [PictureColumn("picture", label=_("Picture"), width="96px"), *super().columns]  # type: ignore[misc]


class DrawnByHer:
    """A window in which a figure can be put into the library of the editor's own school."""

    def get_creation_form_kwargs(self) -> dict[str, Any]:
        """Her form; the figure goes where she may add figures."""
        view: Any = self
        user = view.request.user
        policy = policy_registry.get_by_type(Figure)
        own = policy.collections_user_has_permission_for(user, "add").order_by("path").first()
        given: dict[str, Any] = super().get_creation_form_kwargs()  # type: ignore[misc]
        return {**given, "prefix": "new-figure", "for_user": user, "instance": Figure(collection=own)}


class ChooseFigure(Pictured, DrawnByHer, ChooseOwn):
    """The chooser's window."""


class CreateFigure(DrawnByHer, SnippetCreateView):
    """The answer to a drawing that is put into the library."""


class ChooseFigureResults(Pictured, ChooseOwnResults):
    """The chooser's list, after a search."""


class FigureChooser(LibraryChooser):
    """Chooses a figure by its look, or takes a new drawing."""

    creation_form_class = NewFigureForm
    creation_tab_label = _("New drawing")
    create_action_label = _("Put into the library")
    create_view_class = CreateFigure
    choose_view_class = ChooseFigure
    choose_results_view_class = ChooseFigureResults


class FigureViewSet(LibraryViewSet):
    """The figures of the library."""

    model = Figure
    chooser_viewset_class = FigureChooser
    icon = "image"
    menu_label = _("Figures")
    menu_name = "figures"
    menu_order = 210
    add_to_admin_menu = True
    list_display = ["title", PictureColumn("picture", label=_("Picture"), width="96px"), "code", "collection"]
    list_filter = ["collection"]
    search_fields = ["title", "code"]
    edit_handler = ObjectList(
        [
            MultiFieldPanel([FieldPanel("title"), FieldPanel("description")], heading=_("What it is")),
            MultiFieldPanel(
                [
                    FieldPanel("file"),
                    FieldPanel(
                        "drawing",
                        heading=_("or paste it"),
                        help_text=_("Shapes, text and classes are kept; style, script and links to elsewhere are not."),
                    ),
                ],
                heading=_("The drawing"),
            ),
            MultiFieldPanel(
                [FieldPanel("legend"), FieldPanel("caption"), FieldPanel("credit")], heading=_("Under the drawing")
            ),
            MultiFieldPanel(
                [
                    FieldPanel("collection"),
                    FieldPanel(
                        "code", help_text=_("A short name by which files find it; made from the title if empty.")
                    ),
                ],
                heading=_("Place"),
            ),
        ],
        base_form_class=FigureForm,
    )


class TermViewSet(LibraryViewSet):
    """The words of the school."""

    model = GlossaryTerm
    icon = "openquote"
    menu_label = _("Glossary")
    menu_name = "glossary"
    menu_order = 220
    add_to_admin_menu = True
    list_display = ["term", "meaning", "language", "collection"]
    list_filter = ["collection", "language"]
    search_fields = ["term", "other_forms", "meaning"]
    panels = [
        MultiFieldPanel([FieldPanel("term"), FieldPanel("meaning")], heading=_("The term")),
        MultiFieldPanel(
            [FieldPanel("other_forms"), FieldPanel("say"), FieldPanel("language")],
            heading=_("How it is written and said"),
        ),
        FieldPanel("figure"),
        FieldPanel("collection"),
    ]


class ProfileViewSet(LibraryViewSet):
    """Who teaches, as the public sees them."""

    model = InstructorProfile
    icon = "user"
    menu_label = _("Instructors")
    menu_name = "instructors"
    menu_order = 230
    add_to_admin_menu = True
    list_display = ["name", "credentials", BooleanColumn("is_public", label=_("In public")), "collection"]
    list_filter = ["is_public", "collection"]
    search_fields = ["name", "credentials"]
    panels = [
        MultiFieldPanel([FieldPanel("user"), FieldPanel("name"), FieldPanel("credentials")], heading=_("The person")),
        MultiFieldPanel([FieldPanel("bio"), FieldPanel("photo")], heading=_("What is told")),
        MultiFieldPanel(
            [FieldPanel("agreed_on"), FieldPanel("is_public")],
            heading=_("In public"),
            help_text=_("She stands on the page of each program whose team she is in."),
        ),
        FieldPanel("collection"),
    ]

    def get_form_class(self, for_update: bool = False) -> type:
        """Offer those who teach at the editor's own schools."""
        form_class: type = super().get_form_class(for_update)

        class OwnTeachers(form_class):
            def __init__(self, *args: Any, **kwargs: Any) -> None:
                super().__init__(*args, **kwargs)
                field = self.fields.get("user")
                if field is not None and self.for_user is not None:
                    policy = policy_registry.get_by_type(InstructorProfile)
                    own = policy.collections_user_has_any_permission_for(self.for_user, ["add", "change"])
                    field.queryset = teachers_in(own)

            def clean(self) -> dict[str, Any]:
                """Refuse a person who teaches elsewhere only."""
                cleaned: dict[str, Any] = super().clean()
                user, collection = cleaned.get("user"), cleaned.get("collection", self.instance.collection)
                if user is not None and user not in teachers_in([collection]):
                    self.add_error(
                        "user", _("She teaches at another school; give her the role of an instructor first.")
                    )
                return cleaned

        return OwnTeachers


register_snippet(TermViewSet)
register_snippet(FigureViewSet)
register_snippet(ProfileViewSet)


@hooks.register("describe_collection_contents")
def figures_of_collection(collection: Collection) -> dict[str, Any] | None:
    """A collection that holds figures is not empty, so it cannot be deleted with them."""
    count = Figure.objects.filter(collection=collection).count()
    if not count:
        return None
    return {"count": count, "count_text": ngettext("%(count)s figure", "%(count)s figures", count) % {"count": count}}


@hooks.register("describe_collection_contents")
def terms_of_collection(collection: Collection) -> dict[str, Any] | None:
    """A collection that holds terms is not empty either."""
    count = GlossaryTerm.objects.filter(collection=collection).count()
    if not count:
        return None
    return {"count": count, "count_text": ngettext("%(count)s term", "%(count)s terms", count) % {"count": count}}


@hooks.register("describe_collection_contents")
def profiles_of_collection(collection: Collection) -> dict[str, Any] | None:
    """Nor is one that holds profiles."""
    count = InstructorProfile.objects.filter(collection=collection).count()
    if not count:
        return None
    text = ngettext("%(count)s instructor’s profile", "%(count)s instructors’ profiles", count)
    return {"count": count, "count_text": text % {"count": count}}


@hooks.register("construct_page_chooser_queryset")
def own_or_public_pages(pages: PageQuerySet, request: HttpRequest) -> PageQuerySet:
    """Link to what anyone may read, and to what the editor works on; other schools' lessons are not listed."""
    user = request.user
    if user.is_superuser:
        return pages
    own = policy_registry.get_by_type(Page).explorable_instances(user)
    public = Page.objects.live().public().not_type(LessonPage)
    return pages.filter(Q(pk__in=own.values("pk")) | Q(pk__in=public.values("pk")))


@hooks.register("register_admin_urls", order=-10)
def door_that_names_other_schools() -> list[URLPattern]:
    """Stand before wagtailmedia's list of uses, which names any school's clips to every editor."""

    def usage(request: HttpRequest, media_id: int) -> HttpResponse:
        policy = policy_registry.get_by_type(LessonMedia)
        own = policy.instances_user_has_any_permission_for(request.user, WORKS_WITH)
        get_object_or_404(own, pk=media_id)
        answer: HttpResponse = media_views.usage(request, media_id)
        return answer

    return [
        path("media/usage/<int:media_id>/", usage),
        path("media/straight/", upload_views.offer, name="catalog_offer_upload"),
        path("figures/<int:pk>/picture.svg", file_views.figure_picture, name="catalog_figure_picture"),
        path("images/copies/<int:pk>/", file_views.image_copy, name="catalog_image_copy"),
        path("programs/", views.programs, name="catalog_programs"),
        path("programs/add/", views.add_program, name="catalog_add_program"),
        path("programs/<uuid:uuid>/", views.program, name="catalog_program"),
        path("programs/<uuid:uuid>/team/", views.team, name="catalog_team"),
        path("programs/<uuid:uuid>/approvals/", views.approve, name="catalog_approve"),
        path("programs/<uuid:uuid>/approvals/<uuid:approval>/withdraw/", views.withdraw, name="catalog_withdraw"),
        path("programs/<uuid:uuid>/examinations/", views.examinations, name="catalog_examinations"),
        path("programs/<uuid:uuid>/examinations/add/", views.examination, name="catalog_add_examination"),
        path("programs/<uuid:uuid>/examinations/<uuid:named>/", views.examination, name="catalog_examination"),
        path("programs/<uuid:uuid>/version/", views.version, name="catalog_version"),
        path("lessons/<int:page_id>/change/", views.change, name="catalog_change"),
        path("pages/<int:page_id>/translate/", views.translate, name="catalog_translate"),
        path("pages/<int:page_id>/follow/", views.follow, name="catalog_follow"),
        path("pages/<int:page_id>/obstacle/", views.obstacle, name="catalog_obstacle"),
        re_path(r"^(?P<kind>lesson|module)s/(?P<page_id>\d+)/retire/$", views.retire, name="catalog_retire"),
    ]


@hooks.register("insert_editor_js")
def points_on_pictures() -> SafeString:
    """The editor of a labelled figure sets points by click."""
    return format_html('<script src="{}"></script>', static("js/hotspots.js"))


@hooks.register("before_publish_page")
def ask_what_changes(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Nobody publishes a change to what people studied without saying what it means for them."""
    return views.before_publishing(request, page)


@hooks.register("after_edit_page")
def ask_after_approval(request: HttpRequest, page: Page) -> HttpResponse | None:
    """An approval from the editor leads to the question too."""
    if request.POST.get("action-workflow-action") and request.POST.get("workflow-action-name") == "approve":
        return views.before_publishing(request, page)
    return None


def _studied_below(pages: PageQuerySet) -> Page | None:
    """A lesson page among these and below them that somebody has studied."""
    for page in pages:
        found = LessonPage.objects.descendant_of(page, inclusive=True).filter(lesson__studied_at__isnull=False)
        if (studied := found.first()) is not None:
            return studied
    return None


def _kept(request: HttpRequest, studied: Page) -> None:
    messages.error(
        request,
        _("“%(title)s” was studied: its words stay, since hours refer to them. Unpublish or retire it instead.")
        % {"title": studied.title},
    )


@hooks.register("before_delete_page")
def keep_what_was_studied(request: HttpRequest, page: Page) -> HttpResponse | None:
    """The words behind somebody's hours are not deleted: that is said before anybody is asked whether she is sure."""
    studied = _studied_below([page])
    if studied is None:
        return None
    _kept(request, studied)
    return redirect("wagtailadmin_explore", page.get_parent().pk)


def _published_by(objects: list[Page], with_drafts_below: bool) -> Iterator[tuple[Page, bool]]:
    """What publishing these publishes, and whether what stands above it is published before it."""
    for page in objects:
        yield page.specific, False
        if with_drafts_below:
            for draft in page.get_descendants().not_live().specific():
                yield draft, True


@hooks.register("before_bulk_action")
def keep_what_was_studied_in_bulk(
    request: HttpRequest, action_type: str, objects: list[Any], action: Any
) -> HttpResponse | None:
    """Neither many at once; nor are many published without the question."""
    if request.method != "POST" or action.models != [Page]:
        return None
    back = redirect("wagtailadmin_home" if action.next_url == request.path else action.next_url)
    if action_type == "delete" and (studied := _studied_below(objects)) is not None:
        _kept(request, studied)
        return back
    if action_type == "publish":
        for page, above in _published_by(objects, action.cleaned_form.cleaned_data["include_descendants"]):
            if not isinstance(page, LessonPage | ModulePage):
                continue
            if words := page.publishing_obstacle(with_those_above=above):
                messages.error(request, f"{page.title}: {words}")
                return back
            if isinstance(page, LessonPage) and page.asks_what_changes():
                messages.error(
                    request,
                    _("“%(title)s” was studied. Publish it by itself, and say what its change means.")
                    % {"title": page.title},
                )
                return back
    return None


@hooks.register("register_page_header_buttons")
@hooks.register("register_page_listing_more_buttons")
def retire_button(page: Page, user: Any, next_url: str | None = None, **_rest: Any) -> Iterator[Button]:
    """Retire, beside unpublish."""
    specific = page.specific_deferred
    kind = "lesson" if isinstance(specific, LessonPage) else "module" if isinstance(specific, ModulePage) else ""
    if kind and getattr(specific, f"{kind}_id") and page.permissions_for_user(user).can_publish():
        row = getattr(specific, kind)
        is_retired = row.retired_at is not None if kind == "lesson" else row.state == row.State.RETIRED
        yield Button(
            _("Bring back to the outline") if is_retired else _("Retire"),
            reverse("catalog_retire", args=[kind, page.pk]),
            icon_name="undo" if is_retired else "no-view",
            priority=65,
        )


@hooks.register("register_page_header_buttons")
@hooks.register("register_page_listing_more_buttons")
def translate_button(page: Page, user: Any, next_url: str | None = None, **_rest: Any) -> Iterator[Button]:
    """Translate an original; bring a translation up to what its original says now."""
    specific = page.specific_deferred
    if not isinstance(specific, Translated) or not page.permissions_for_user(user).can_edit():
        return
    if specific.is_translation:
        if specific.is_behind:
            yield Button(
                _("Original is newer"), reverse("catalog_follow", args=[page.pk]), icon_name="warning", priority=64
            )
    elif page.live and page.alias_of_id is None and untranslated(page).exists():
        yield Button(_("Translate"), reverse("catalog_translate", args=[page.pk]), icon_name="globe", priority=64)


@hooks.register("register_admin_viewset", order=100)
def our_editor() -> list[OurPageViewSet]:
    """After Wagtail's, in its place."""
    return [OurPageViewSet(), ModuleViewSet(), LessonViewSet()]


@hooks.register("after_copy_page")
def leave_foreign_gates(request: HttpRequest, page: Page, new_page: Page) -> None:
    """What a copy waits for in the program that it was copied from stays there."""
    dropped: list[str] = []
    for copy in Page.objects.descendant_of(new_page, inclusive=True).type(LessonPage, ModulePage).specific():
        titles = copy.drop_foreign_gates()
        if titles:
            copy.save(clean=False)
            draft = copy.get_latest_revision_as_object()
            draft.drop_foreign_gates()
            draft.save_revision(user=request.user, clean=False)
            dropped += titles
    if dropped:
        messages.warning(
            request,
            _("The copy stands in another program, and no longer waits for: %(titles)s.")
            % {"titles": ", ".join(dict.fromkeys(dropped))},
        )


class ProgramsPanel(Component):
    """The programs on whose pages the editor works, module by module, at the top of the first page."""

    name = "programs"
    template_name = "catalog/admin/programs_panel.html"
    # After what waits for this person's review.
    order = 230

    def get_context_data(self, parent_context: dict[str, Any]) -> dict[str, Any]:
        """Lessons published, waiting and behind, and its quiz, by module. 2 queries, 4 or 5 more a program and language."""
        request = parent_context["request"]
        policy = policy_registry.get_by_type(Page)
        hers = policy.instances_user_has_permission_for(request.user, "change").type(ProgramPage)
        pages = ProgramPage.objects.filter(pk__in=hers.values("pk")).defer_streamfields()
        rows = []
        for page in pages.select_related("locale").order_by("path"):
            lessons = list(LessonPage.objects.descendant_of(page).defer_streamfields().order_by("path"))
            modules = list(ModulePage.objects.child_of(page).order_by("path"))
            behind = self._behind(lessons)
            quizzes = quizzes_named_by(modules, request.user)
            shown = [{**self._module(module, lessons, behind), "quiz": quizzes.get(module.pk)} for module in modules]
            if page.is_translation:
                # Lessons are written and modules planned on the originals; here stands what is translated.
                shown = [line for line in shown if line["live"] or line["drafts"]]
            rows.append({"page": page, "modules": shown})
        return {"programs": rows, "heading": _("Your programs")}

    def _behind(self, lessons: list[LessonPage]) -> set[int]:
        """The translations among these whose originals were published anew. No query where there are none."""
        followed = {lesson.translation_key: lesson for lesson in lessons if lesson.is_translation}
        if not followed:
            return set()
        originals = LessonPage.objects.filter(translation_key__in=followed, follows=None, alias_of=None)
        newest = dict(originals.values_list("translation_key", "live_revision_id"))
        return {page.pk for key, page in followed.items() if newest.get(key, page.follows) != page.follows}

    def _module(self, module: ModulePage, lessons: list[LessonPage], behind: set[int]) -> dict[str, Any]:
        inside = [lesson for lesson in lessons if lesson.path.startswith(module.path)]
        return {
            "page": module,
            "live": sum(lesson.live for lesson in inside),
            "drafts": sum(lesson.has_unpublished_changes for lesson in inside),
            "behind": sum(lesson.pk in behind for lesson in inside),
        }

    def render_html(self, parent_context: dict[str, Any] | None = None) -> SafeString:
        """Nothing where there is nothing to show."""
        context = self.get_context_data(parent_context or {})
        if not context["programs"]:
            return SafeString("")
        return render_to_string(self.template_name, context, request=(parent_context or {})["request"])


@hooks.register("construct_homepage_panels")
def programs_first(request: HttpRequest, panels: list[Any]) -> None:
    """What an instructor comes for."""
    panels.insert(0, ProgramsPanel())


class ProgramsItem(MenuItem):
    """The door to the programs, for who keeps one."""

    def is_shown(self, request: HttpRequest) -> bool:
        """For registrars and administrators of a school."""
        return any(role in RESPONSIBLE for _place, role in roles_of(request.user))  # type: ignore[arg-type]


@hooks.register("register_admin_menu_item")
def programs_item() -> MenuItem:
    """Programs, beside the pages that present them."""
    return ProgramsItem(_("Programs"), reverse("catalog_programs"), icon_name="list-ul", order=150, name="programs")
