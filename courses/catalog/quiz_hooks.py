"""Opens the doors to quizzes in the CMS: addresses, menu, what waits on the first page. Each view guards itself."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem
from wagtail.admin.ui.components import Component

from accounts.models import User
from accounts.selectors import roles_of
from certification.quizzes.models import Quiz
from certification.quizzes.selectors import quiz_as_written, what_waits, writers_of_quiz

from . import views
from .access import banks_of, may_put_in_use, reviews_of
from .models import RESPONSIBLE


@hooks.register("register_admin_urls")
def addresses() -> list[URLPattern]:
    """Below /cms/."""
    return [
        path("quizzes/", views.QuizIndex.as_view(), name="cms_quizzes"),
        path("quizzes/results/", views.QuizIndex.as_view(results_only=True), name="cms_quizzes_results"),
        path("quizzes/add/", views.add_quiz, name="cms_add_quiz"),
        path("quizzes/<uuid:uuid>/", views.quiz, name="cms_quiz"),
        path("quizzes/<uuid:uuid>/preview/", views.quiz_preview, name="cms_quiz_preview"),
        path("quizzes/<uuid:uuid>/discard/", views.discard_quiz, name="cms_discard_quiz"),
        path("questions/", views.QuestionIndex.as_view(), name="cms_questions"),
        path("questions/results/", views.QuestionIndex.as_view(results_only=True), name="cms_questions_results"),
        path("questions/add/", views.add_question, name="cms_add_question"),
        path("questions/preview/", views.typed_preview, name="cms_typed_preview"),
        path("questions/many/", views.change_many, name="cms_change_many"),
        path("questions/doubles/", views.doubles, name="cms_doubles"),
        path("questions/cases/", views.vignettes, name="cms_vignettes"),
        path("questions/cases/add/", views.add_vignette, name="cms_add_vignette"),
        path("questions/cases/<uuid:uuid>/", views.vignette, name="cms_vignette"),
        path("questions/cases/<uuid:uuid>/state/", views.vignette_state, name="cms_vignette_state"),
        path("questions/pictures/<slug:digest>/", views.question_picture, name="cms_question_picture"),
        path("questions/import/", views.import_file, name="cms_import"),
        path("questions/banks/<uuid:uuid>/import/<slug:digest>/", views.import_run, name="cms_import_run"),
        path("questions/banks/<uuid:uuid>/export/", views.export_notes, name="cms_export_notes"),
        path("questions/banks/<uuid:uuid>/export/<slug:name>/", views.export_bank, name="cms_export_bank"),
        path("questions/banks/", views.banks, name="cms_banks"),
        path("questions/banks/add/", views.bank, name="cms_add_bank"),
        path("questions/banks/<uuid:uuid>/", views.bank, name="cms_bank"),
        path("questions/<uuid:uuid>/", views.question, name="cms_question"),
        path("questions/<uuid:uuid>/preview/", views.question_preview, name="cms_question_preview"),
        path("questions/<uuid:uuid>/state/", views.question_state, name="cms_question_state"),
    ]


class QuizItem(MenuItem):
    """A door for those who write quizzes."""

    def is_shown(self, request: HttpRequest) -> bool:
        """For instructors, registrars and administrators of a school."""
        return any(role in {"instructor", *RESPONSIBLE} for _place, role in roles_of(request.user))  # type: ignore[arg-type]


@hooks.register("register_admin_menu_item")
def quizzes_item() -> MenuItem:
    """Quizzes, their questions, and the banks in which these stand."""
    items = [
        QuizItem(_("Quizzes"), reverse("cms_quizzes"), icon_name="tasks", order=1, name="quizzes"),
        QuizItem(_("Questions"), reverse("cms_questions"), icon_name="help", order=2, name="questions"),
        QuizItem(_("Cases"), reverse("cms_vignettes"), icon_name="user", order=3, name="cases"),
        QuizItem(_("Banks"), reverse("cms_banks"), icon_name="folder-open-inverse", order=4, name="banks"),
    ]
    return SubmenuMenuItem(_("Quizzes"), Menu(items=items), icon_name="tasks", order=205, name="quizzes-menu")


def waiting_for(user: User) -> list[Quiz]:
    """The quizzes that were sent and that she may put in use. One query, and four a quiz for a lead."""
    return [
        quiz
        for quiz in what_waits(banks_of(user))
        if quiz.bank is not None and may_put_in_use(user, quiz.bank, writers_of_quiz(quiz_as_written(quiz)))
    ]


class QuizzesPanel(Component):
    """The quizzes that wait for her, on the first page."""

    name = "quizzes-waiting"
    order = 40

    def render_html(self, parent_context: dict[str, Any] | None = None) -> SafeString:
        """Nothing where nothing waits."""
        user = (parent_context or {})["request"].user
        quizzes, questions = waiting_for(user), reviews_of(user).count()
        if not quizzes and not questions:
            return SafeString("")
        heading = _("Quizzes that wait for you") if quizzes else _("Questions that wait for you")
        context = {"quizzes": quizzes, "questions": questions, "heading": heading}
        return render_to_string("catalog/admin/quizzes_panel.html", context)


@hooks.register("construct_homepage_panels")
def quizzes_first(request: HttpRequest, panels: list[Any]) -> None:
    """What others wait for comes before what one writes."""
    panels.append(QuizzesPanel())
